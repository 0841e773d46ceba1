// Choosing several tasks of a list, and moving cards of a board by hand. Both are forms that work without this.
const boxes = () => [...document.querySelectorAll('input[name="task"][form="marking"]')];

function count() {
  const form = document.querySelector("[data-marking]");
  if (!form) return;
  const all = boxes();
  const chosen = all.filter((box) => box.checked);
  const everything = form.querySelector("[data-check-all]");
  const page = form.querySelector("[data-check-page]");
  page.checked = all.length > 0 && chosen.length === all.length;
  page.indeterminate = chosen.length > 0 && chosen.length < all.length;
  form.querySelector("[data-chosen-count]").textContent = chosen.length;
  form.toggleAttribute("data-active", chosen.length > 0 || Boolean(everything?.checked));
}

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-check-page]")) for (const box of boxes()) box.checked = target.checked;
  if (target.closest("[data-marking]") || target.matches('[form="marking"]')) count();
});
// A split or a move of nothing would be refused, and what was typed be gone. No attribute asks for one box of many.
document.addEventListener("click", (event) => {
  const form = event.target.closest("#regroup button")?.form;
  if (!form) return;
  const boxes = [...form.elements].filter(({ name }) => name === "seq");
  boxes[0].setCustomValidity(boxes.some((box) => box.checked) ? "" : form.dataset.chooseFirst);
  if (!boxes[0].reportValidity()) event.preventDefault();
});
document.addEventListener("change", ({ target }) => {
  if (target.matches('[form="regroup"]')) for (const box of target.form.elements) box.setCustomValidity("");
});
// What was chosen stays so when what is new comes in above it.
let kept = [];
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.requestConfig.elt.matches(".new-pill")) kept = boxes().filter((box) => box.checked).map((box) => box.value);
});
document.addEventListener("htmx:afterSettle", () => {
  for (const box of boxes()) if (kept.includes(box.value)) box.checked = true;
  kept = [];
  count();
});
// A browser that goes back remembers what was chosen.
addEventListener("pageshow", count);

// A list that is drawn anew because of what was done to it: the keyboard goes on from the same task, or from its place.
const places = () => [...document.querySelectorAll("#results [data-list] [name=task]")];
const rowOf = (field) => field.closest("[data-row], [data-card]");
let place = { at: 0 };
let isRenewed = false;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.requestConfig.elt.id !== "results") return;
  const fields = places();
  const worked = fields.findIndex((field) => field.checked || rowOf(field).contains(document.activeElement));
  // Who takes back has left the list, and returns to where they were.
  if (worked >= 0) place = { at: worked, task: fields[worked].value };
  isRenewed = true;
});
document.addEventListener("htmx:afterSettle", () => {
  if (!isRenewed) return;
  isRenewed = false;
  const fields = places();
  const found = fields.find(({ value }) => value === place.task) ?? fields[Math.min(place.at, fields.length - 1)];
  // Who has gone elsewhere meanwhile, to the way back say, stays there.
  if (found && document.activeElement === document.body) rowOf(found).querySelector(".row-link").focus({ preventScroll: true });
});

let carried;
document.addEventListener("dragstart", (event) => {
  carried = event.target.closest?.("[data-card]");
  if (!carried?.querySelector("form")) return (carried = undefined);
  event.dataTransfer.effectAllowed = "move";
  carried.toggleAttribute("data-carried", true);
});
document.addEventListener("dragend", () => {
  carried?.removeAttribute("data-carried");
  for (const column of document.querySelectorAll("[data-over]")) column.removeAttribute("data-over");
  carried = undefined;
});
document.addEventListener("dragover", (event) => {
  const column = event.target.closest?.("[data-column]");
  if (!carried || !column) return;
  event.preventDefault();
  for (const other of document.querySelectorAll("[data-over]")) if (other !== column) other.removeAttribute("data-over");
  column.toggleAttribute("data-over", column.dataset.column !== carried.dataset.status);
});
document.addEventListener("drop", (event) => {
  const column = event.target.closest?.("[data-column]");
  if (!carried || !column) return;
  event.preventDefault();
  const button = carried.querySelector(`form button[value="${column.dataset.column}"]`);
  button?.click();
});
document.addEventListener("mousedown", ({ target }) => {
  // A link would be dragged as an address.
  const card = target.closest("[data-card]");
  if (card?.querySelector("form")) card.draggable = true;
});
document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll(".card-menu[open]")) if (!menu.contains(target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.(".card-menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
