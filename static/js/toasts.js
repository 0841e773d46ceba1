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

// What htmx could not do is told: a button that was refused looks like one that is dead. Each reason stands there once, and
// what asks by itself every few seconds tells of it once until it is answered again.
const blank = document.getElementById("toast-failed");
const silenced = new Set();
function tell(why, { elt }) {
  const asks = elt.getAttribute("hx-trigger")?.includes("every ") && (elt.id || elt.getAttribute("hx-get"));
  if (silenced.has(asks) || toasts.querySelector(`[data-why="${why}"]`)) return;
  if (asks) silenced.add(asks);
  const toast = blank.content.firstElementChild.cloneNode(true);
  toast.dataset.why = why;
  toast.querySelector("p").textContent = blank.dataset[why];
  move();
  toasts.append(toast);
}
document.addEventListener("htmx:responseError", ({ detail }) => tell(detail.xhr.status === 403 ? "refused" : "failed", detail));
document.addEventListener("htmx:sendError", ({ detail }) => tell("unanswered", detail));
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.successful) return;
  silenced.clear();
  toasts.querySelector('[data-why="unanswered"]')?.remove();
});
