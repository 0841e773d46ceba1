// Rows of a live list do not move under the pointer or the keyboard: while someone is at them, what changed is drawn in
// its place. A pill offers the list as it stands now; it is drawn so by itself when they have left.
const hovers = matchMedia("(hover: hover)");
const keyOf = (row) => row.querySelector("[name=session]")?.value;
const isHeld = (rows) => rows.querySelector(":focus-visible") || (hovers.matches && rows.matches(":hover"));

function offer(isOffered, news) {
  const pill = document.getElementById("steady-pill");
  if (!pill) return;
  // A screen reader says what changes here, so that the same words are not set again.
  pill.dataset.words ??= pill.lastChild.data;
  const words = news ?? pill.dataset.words;
  if (pill.lastChild.data !== words) pill.lastChild.data = words;
  pill.toggleAttribute("hidden", !isOffered);
}

function renew(row, fresh) {
  for (const [n, cell] of [...row.cells].entries()) {
    // The first is for choosing, which is the reader's.
    if (n && cell.innerHTML !== fresh.cells[n].innerHTML && !cell.contains(document.activeElement)) {
      cell.replaceChildren(...fresh.cells[n].childNodes);
    }
  }
}

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const rows = detail.target;
  if (rows.id !== "session-rows" || detail.xhr.status !== 200 || detail.requestConfig.elt !== rows) return;
  detail.shouldSwap = !isHeld(rows);
  if (detail.shouldSwap) return offer(false);
  const answer = document.createElement("template");
  answer.innerHTML = `<table>${detail.serverResponse}</table>`;
  const fresh = [...answer.content.querySelectorAll("[data-row]")];
  const order = fresh.map(keyOf);
  for (const row of rows.rows) {
    const found = fresh[order.indexOf(keyOf(row))];
    if (found) renew(row, found);
  }
  offer(order.join() !== [...rows.rows].map(keyOf).join(), answer.content.querySelector("[data-news]")?.dataset.news);
});
