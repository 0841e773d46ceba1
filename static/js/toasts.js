// Toasts: they come, they are heard, and they go by themselves unless they hold a way back or an error.
const SECONDS = 8;
const toasts = document.getElementById("toasts");

function leaveLater(toast) {
  if (toast.hasAttribute("data-stays")) return;
  const wait = () => setTimeout(() => toast.remove(), SECONDS * 1000);
  let timer = wait();
  // Who reads it or has reached it by Tab keeps it.
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, () => (timer = wait()));
}

// What is there when the page loads is put in once more: a screen reader tells only what changes.
const there = [...toasts.children];
toasts.replaceChildren();
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes) if (node.matches?.(".toast")) leaveLater(node);
}).observe(toasts, { childList: true });
setTimeout(() => toasts.append(...there), 50);

// What is taken back without another page leaves nothing to take back.
document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (detail.successful) target.closest(".toast")?.remove();
});

// Behind an open dialog nothing can be clicked or heard, so the toasts go where the dialog is.
const home = toasts.parentElement;
function move() {
  const place = document.querySelector("dialog[open]:last-of-type") ?? home;
  if (toasts.parentElement !== place) place.prepend(toasts);
}
document.addEventListener("htmx:oobBeforeSwap", move);
document.addEventListener("close", move, true);

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-dismiss]");
  if (button) button.closest(".toast").remove();
});
