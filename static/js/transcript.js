// Choosing a task marks its messages; choosing it again shows all alike.
let chosen = document.querySelector(".task-card[data-chosen]")?.dataset.task ?? "";
function mark() {
  for (const card of document.querySelectorAll(".task-card")) {
    const isChosen = card.dataset.task === chosen;
    card.toggleAttribute("data-chosen", isChosen);
    card.querySelector(".choose").toggleAttribute("aria-current", isChosen);
  }
  for (const message of document.querySelectorAll(".message")) {
    const tasks = [message, ...message.querySelectorAll("[data-tasks]")].flatMap((node) => node.dataset.tasks.split(" "));
    message.toggleAttribute("data-lit", chosen !== "" && tasks.includes(chosen));
  }
}
function choose(link) {
  chosen = link.dataset.choose === chosen && link.matches(".choose") ? "" : link.dataset.choose;
  const address = new URL(location);
  chosen ? address.searchParams.set("task", chosen) : address.searchParams.delete("task");
  history.replaceState(null, "", address);
  mark();
}
function show(seq) {
  const target = document.getElementById(`m${seq}`);
  if (!target) return false;
  for (let node = target; node; node = node.parentElement) if (node.matches("details")) node.open = true;
  document.getElementById("dialog")?.close();
  location.hash = `m${seq}`;
  return true;
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a");
  if (link?.dataset.choose) {
    const seq = link.dataset.seq;
    if (seq && !document.getElementById(`m${seq}`)) return;
    event.preventDefault();
    choose(link);
    if (chosen && seq) show(seq);
  } else if (link?.dataset.seq && show(link.dataset.seq)) {
    event.preventDefault();
  }
});
document.addEventListener("htmx:afterSettle", () => {
  if (document.getElementById("tasks-panel")) mark();
});
