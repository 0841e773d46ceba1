// The command palette: Ctrl-K or Cmd-K. What the page offers is filtered here; the server adds what it finds.
const palette = document.getElementById("palette");
const words = document.getElementById("palette-words");
const options = document.getElementById("palette-options");
const none = document.getElementById("palette-none");
let active = null;

function option(label, act, { icon = null, keys = "" } = {}) {
  const node = palette.querySelector("template").content.firstElementChild.cloneNode(true);
  if (icon) node.querySelector(".palette-icon").replaceWith(icon.cloneNode(true));
  node.querySelector(".palette-label").textContent = label;
  node.querySelector(".palette-keys").replaceChildren(
    ...keys.split(" ").filter(Boolean).map((key) => Object.assign(document.createElement("kbd"), { textContent: key })),
  );
  node.addEventListener("click", () => {
    palette.close();
    act();
  });
  return node;
}
const nameOf = (node) => node.dataset.keyLabel ?? node.getAttribute("aria-label") ?? (node.textContent.trim() || node.title);

function gather() {
  const isShown = (node) => !node.disabled && node.checkVisibility();
  const keyed = [...document.querySelectorAll("[data-key]:not([data-key^='g '])")].filter(isShown);
  const press = (node) => (node.matches("input, select, textarea") ? node.focus() : node.click());
  const pages = [...document.querySelectorAll(".menu a")];
  const looks = [...document.querySelectorAll(".switches button")].filter((node) => !node.hasAttribute("aria-current"));
  const project = document.getElementById("project");
  const others = [...(project?.options ?? [])].filter((choice) => !choice.selected);
  fill("actions", keyed.map((node) => option(nameOf(node), () => press(node), { icon: node.querySelector("svg"), keys: node.dataset.key })));
  fill("pages", pages.map((node) => option(nameOf(node), () => node.click(), { icon: node.querySelector("svg"), keys: node.dataset.key })));
  fill("looks", looks.map((node) => option(nameOf(node), () => node.click(), { icon: node.querySelector("svg") })));
  fill("projects", others.map((choice) => option(choice.text, () => {
    project.value = choice.value;
    project.form.requestSubmit();
  })));
}
function fill(place, nodes) {
  const group = options.querySelector(`[data-fill=${place}]`);
  group.querySelectorAll("[role=option]").forEach((node) => node.remove());
  nodes.forEach((node, n) => (node.id = `palette-${place}-${n}`));
  group.append(...nodes);
}

// What is shown: of the page's own what has all the words; the rest is the server's affair.
function narrow() {
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const node of options.querySelectorAll(":scope > :not(#palette-found) [role=option]")) {
    const text = `${node.textContent} ${node.parentElement.firstElementChild.textContent}`.toLowerCase();
    node.hidden = !wanted.every((word) => text.includes(word));
  }
  for (const group of options.querySelectorAll("[role=group]:not(#palette-found)")) {
    group.hidden = !group.querySelector("[role=option]:not([hidden])");
  }
  if (!wanted.length) document.getElementById("palette-found").replaceChildren();
  const shown = choices();
  none.hidden = shown.length > 0;
  activate(shown.includes(active) ? active : shown[0]);
}
const choices = () => [...options.querySelectorAll("[role=option]")].filter((node) => node.checkVisibility());

function activate(node) {
  active?.removeAttribute("aria-selected");
  active = node ?? null;
  active?.setAttribute("aria-selected", "true");
  active ? words.setAttribute("aria-activedescendant", active.id) : words.removeAttribute("aria-activedescendant");
  active?.scrollIntoView({ block: "nearest" });
}

function open() {
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  gather();
  words.value = "";
  palette.showModal();
  active = null;
  narrow();
  words.focus();
}

if (palette) {
  if (navigator.platform.startsWith("Mac")) {
    document.querySelector("[data-palette] kbd").textContent = "⌘K";
    document.querySelector("#keys [data-ctrl]").textContent = "⌘";
  }
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    palette.open ? palette.close() : open();
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-palette]");
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  words.addEventListener("input", narrow);
  words.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const shown = choices();
    const at = shown.indexOf(active);
    const to = { ArrowDown: (at + 1) % shown.length, ArrowUp: (at - 1 + shown.length) % shown.length }[event.key];
    if (to !== undefined && shown.length) {
      event.preventDefault();
      activate(shown[to]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      active?.click();
    }
  });
  options.addEventListener("pointermove", ({ target }) => {
    const node = target.closest("[role=option]");
    if (node && node !== active) activate(node);
  });
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (target.id === "palette-found") narrow();
  });
}
