// Choosing rows of a list: a whole page at once, a stretch with the shift key, and a choice that outlives renewed rows.
const BOXES = "#picking [name=session]";
const boxes = () => [...document.querySelectorAll(BOXES)];
const picked = new Set();
let last = null;

function show() {
  const all = boxes();
  const page = document.getElementById("pick-page");
  if (!page) return;
  const here = all.filter((box) => box.checked).length;
  const takesAll = document.getElementById("pick-all").checked;
  page.checked = here > 0 && here === all.length;
  page.indeterminate = here > 0 && here < all.length;
  const words = document.getElementById("picked");
  words.textContent = here ? words.dataset.some.replace("{n}", here) : words.dataset.none;
  for (const button of document.querySelectorAll("#picking [data-needs-pick]")) button.disabled = !here && !takesAll;
}

function tick(box, checked) {
  box.checked = checked;
  checked ? picked.add(box.value) : picked.delete(box.value);
}

document.addEventListener("click", (event) => {
  const box = event.target.closest(BOXES);
  if (!box) return;
  const all = boxes();
  const from = event.shiftKey ? all.findIndex((each) => each.value === last) : -1;
  const to = all.indexOf(box);
  const stretch = from < 0 ? [box] : all.slice(Math.min(from, to), Math.max(from, to) + 1);
  for (const each of stretch) tick(each, box.checked);
  last = box.value;
  show();
});
document.addEventListener("change", ({ target }) => {
  if (target.id === "pick-page") for (const box of boxes()) tick(box, target.checked);
  if (target.id === "pick-page" || target.id === "pick-all") show();
});

// Renewed rows keep their marks; other results, of another filter or page, begin without any.
document.addEventListener("htmx:afterSwap", ({ target, detail }) => {
  if (target.id === "results" && !detail.requestConfig?.elt.matches(".new-pill")) picked.clear();
  for (const box of boxes()) box.checked = picked.has(box.value);
  for (const value of picked) if (!document.getElementById(`pick-${value}`)) picked.delete(value);
  show();
});

// A page that was gone back to has its marks still.
for (const box of boxes()) if (box.checked) picked.add(box.value);
show();
