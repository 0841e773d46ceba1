// Small conveniences; every page can be read and every form sent without them.
const root = document.documentElement;
root.dataset.js = "";

// Theme: at once, and remembered in the cookie that the server reads.
document.addEventListener("submit", (event) => {
  if (!event.target.matches(".theme-switch")) return;
  event.preventDefault();
  const theme = event.submitter.value;
  root.dataset.theme = theme;
  document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax`;
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// The server draws days and hours in this time zone.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.split("; ").includes(`tz=${zone}`)) {
  document.cookie = `tz=${zone};path=/;max-age=31536000;samesite=lax`;
}

// A picture is one stop of the Tab key; the arrow keys move through its marks.
function gather() {
  for (const plot of document.querySelectorAll(".chart-plot")) {
    const marks = [...plot.querySelectorAll(".mark")];
    for (const mark of marks) mark.setAttribute("tabindex", mark === marks.at(-1) ? "0" : "-1");
  }
}
gather();
document.addEventListener("keydown", (event) => {
  const mark = event.target.closest?.(".mark");
  if (!mark) return;
  const marks = [...mark.parentElement.querySelectorAll(".mark")];
  const at = marks.indexOf(mark);
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: marks.length - 1 }[event.key];
  if (!marks[to]) return;
  event.preventDefault();
  marks[to].focus();
});

// Copy what stands beside the button.
async function copy(button) {
  const source = button.closest(".code, .copy-line").querySelector("code");
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(source);
    button.textContent = "Selected";
  }
  setTimeout(() => (button.textContent = words), 1500);
}

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
  const button = event.target.closest("[data-copy]");
  if (button) return copy(button);
  const link = event.target.closest("a");
  if (link?.dataset.choose) {
    const seq = link.dataset.seq;
    if (seq && !document.getElementById(`m${seq}`)) return;
    event.preventDefault();
    choose(link);
    if (chosen && seq) show(seq);
  } else if (link?.dataset.seq && show(link.dataset.seq)) {
    event.preventDefault();
  } else if (event.target.matches("dialog")) {
    event.target.close();
  } else if (link?.matches("dialog [data-close]")) {
    event.preventDefault();
    link.closest("dialog").close();
  }
});

// What a person unfolded stays so when a live panel is renewed.
const unfolded = new Set();
document.addEventListener("toggle", ({ target }) => {
  if (target.id && target.matches("details")) target.open ? unfolded.add(target.id) : unfolded.delete(target.id);
}, true);
document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id === "dialog-body") document.getElementById("dialog").showModal();
});
document.addEventListener("htmx:afterSettle", () => {
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  if (document.getElementById("tasks-panel")) mark();
  gather();
});
