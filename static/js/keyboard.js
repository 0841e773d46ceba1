// Keys. A page says itself what they do: an element with `data-key` is pressed by that key ("e", or "g s" for one after
// the other), `data-key-label` tells what it does, and the rows of every `data-list` are walked through.
const SEQUENCE_SECONDS = 1.5;
const SETTING = "keys";
const help = document.getElementById("keys");
// What takes the focus of a row: its link, or the row itself.
const ROWS = "[data-list] :is(.row-link, [data-row]:not(:has(.row-link)))";
const ROW = "[data-row], tr, li, article";
const TEXT = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit])";

const isOn = () => localStorage.getItem(SETTING) !== "off";
const isShown = (node) => !node.disabled && node.checkVisibility({ visibilityProperty: true });
// An open dialog is all there is.
const scope = () => [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;
const shown = (selector) => [...scope().querySelectorAll(selector)].filter(isShown);

function walk(steps) {
  const rows = shown(ROWS);
  if (!rows.length) return;
  const at = rows.findIndex((row) => (row.closest(ROW) ?? row).contains(document.activeElement));
  const to = at < 0 ? (steps > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + steps, 0), rows.length - 1);
  rows[to].focus();
}

function tick() {
  const row = document.activeElement.closest("[data-list] *")?.closest(ROW);
  row?.querySelector("input[type=checkbox]")?.click();
}

function search() {
  const field = shown("[data-search], main input[type=search]")[0];
  if (!field) return document.querySelector("[data-palette]")?.click();
  field.focus();
  field.select?.();
}

const FIXED = { j: () => walk(1), k: () => walk(-1), x: tick, "/": search, "?": showHelp };

function press(node) {
  node.matches(TEXT) ? node.focus() : node.click();
}

let begun = "";
let forgetting;
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!isOn() || event.target.closest?.(TEXT) || event.key === "Shift") return;
  const typed = begun ? `${begun} ${event.key}` : event.key;
  const keyed = shown("[data-key]");
  const act = keyed.find((node) => node.dataset.key === typed);
  clearTimeout(forgetting);
  begun = "";
  if (act) {
    event.preventDefault();
    press(act);
  } else if (keyed.some((node) => node.dataset.key.startsWith(`${typed} `))) {
    begun = typed;
    forgetting = setTimeout(() => (begun = ""), SEQUENCE_SECONDS * 1000);
  } else if (FIXED[typed] && (scope() === document || typed === "j" || typed === "k")) {
    event.preventDefault();
    FIXED[typed]();
  }
});

// The help: what this page understands, now.
function line(node) {
  const copy = help.querySelector("template").content.cloneNode(true);
  const keys = node.dataset.key.split(" ").map((key) => Object.assign(document.createElement("kbd"), { textContent: key }));
  copy.querySelector("dt").replaceChildren(...keys);
  copy.querySelector("dd").textContent =
    node.dataset.keyLabel ?? node.getAttribute("aria-label") ?? (node.title || node.textContent.trim());
  return copy;
}
function showHelp() {
  const seen = new Set();
  const keyed = shown("[data-key]").filter(({ dataset }) => !seen.has(dataset.key) && seen.add(dataset.key));
  for (const place of help.querySelectorAll("[data-keys]")) {
    const isGoing = place.dataset.keys === "pages";
    place.replaceChildren(...keyed.filter((node) => node.dataset.key.startsWith("g ") === isGoing).map(line));
  }
  for (const part of help.querySelectorAll("[data-needs]")) part.hidden = !document.querySelector(part.dataset.needs);
  for (const part of help.querySelectorAll("section")) part.hidden = !part.querySelector("dt:not([hidden] *)");
  help.querySelector("[name=keys]").checked = isOn();
  help.showModal();
}
help?.querySelector("[name=keys]").addEventListener("change", ({ target }) => {
  localStorage.setItem(SETTING, target.checked ? "on" : "off");
});
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-help]")) showHelp();
});
