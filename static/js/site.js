// Small conveniences; every page can be read and every form sent without them.
const root = document.documentElement;

function remember(name, value) {
  document.cookie = `${name}=${value};path=/;max-age=31536000;samesite=lax`;
}

// Theme: at once, and remembered in the cookie that the server reads.
document.addEventListener("submit", (event) => {
  if (!event.target.matches(".theme-switch")) return;
  event.preventDefault();
  const theme = event.submitter.value;
  root.dataset.theme = theme;
  remember("theme", theme);
});

// A choice that needs no button.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// The server writes moments, and draws days and hours, in this time zone. Asking for it takes a browser as long as drawing
// a page, and only the next page needs to know.
addEventListener("load", () => (window.requestIdleCallback ?? setTimeout)(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.split("; ").includes(`tz=${zone}`)) remember("tz", zone);
}));

// Nobody looks at a page that is hidden: it asks again when it is shown.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.elt.getAttribute("hx-trigger")?.startsWith("every ")) event.preventDefault();
});

// What was unfolded in the moment before htmx knew of it asks for its inside now.
document.addEventListener("htmx:load", ({ detail }) => {
  for (const open of detail.elt.querySelectorAll("details[open][hx-get]")) htmx.trigger(open, "toggle");
});

// Who has loaded what is new goes on from the first of it.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.requestConfig?.elt.matches(".new-pill")) document.querySelector("#results .row-link")?.focus();
});

// What a person unfolded or folded stays so, and what they had reached keeps the focus, when a live part is renewed.
const unfolded = new Map();
let reached = null;
document.addEventListener("toggle", ({ target }) => {
  if (target.id && target.matches("details")) unfolded.set(target.id, target.open);
}, true);
// By its id or address, or as the so-manyth of its kind in the nearest part that has an id.
function trace(node) {
  const address = node.getAttribute("href");
  const home = node.closest("[id]");
  const selector = node.id
    ? `#${CSS.escape(node.id)}`
    : address
      ? `a[href="${CSS.escape(address)}"]`
      : home && `#${CSS.escape(home.id)} ${node.localName}`;
  return selector && { selector, at: [...document.querySelectorAll(selector)].indexOf(node) };
}
document.addEventListener("htmx:beforeSwap", () => {
  const focused = document.activeElement;
  reached = focused && focused !== document.body ? trace(focused) : null;
});
document.addEventListener("htmx:afterSettle", () => {
  for (const [id, isOpen] of unfolded) document.getElementById(id)?.toggleAttribute("open", isOpen);
  if (reached && document.activeElement === document.body) {
    const found = document.querySelectorAll(reached.selector);
    (found[reached.at] ?? found[0])?.focus({ preventScroll: true });
  }
  reached = null;
});
