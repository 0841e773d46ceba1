// The session page: choosing tasks and messages, jumping by the user's turns, following an agent at work.
const messages = document.getElementById("messages");
const panel = document.getElementById("tasks-panel");
const turns = document.getElementById("turns");
const pill = document.getElementById("new-pill");
const byNumber = (seq) => document.getElementById(`m${seq}`);
const numberIn = (hash) => /^#m(\d+)$/.exec(hash)?.[1] ?? "";
const setCurrent = (node, is) => (is ? node.setAttribute("aria-current", "true") : node.removeAttribute("aria-current"));

// --- choosing: a task lights its messages, a message marks its tasks; both stand in the address ---------------------
let task = panel.querySelector(".task-card[data-chosen]")?.dataset.task ?? "";
let message = messages.querySelector("[data-asked]")?.id.slice(1) ?? "";

const tasksOf = (node) =>
  [node, ...node.querySelectorAll("[data-tasks]")].flatMap((inner) => (inner.dataset.tasks ?? "").split(" "));

// What a part of the page that is fetched anew should know: hidden fields that go with each of those requests.
const tell = (name, value) => (document.getElementById(`loaded-${name}`).value = value);

function mark() {
  tell("task", task && `T${task}`);
  const served = message && byNumber(message) ? tasksOf(byNumber(message)) : [];
  for (const card of panel.querySelectorAll(".task-card")) {
    const isChosen = card.dataset.task === task;
    card.toggleAttribute("data-chosen", isChosen);
    card.toggleAttribute("data-served", served.includes(card.dataset.task));
    setCurrent(card.querySelector(".choose"), isChosen);
  }
  for (const link of panel.querySelectorAll(".seq-link")) {
    link.toggleAttribute("data-asked", message !== "" && link.dataset.seq === message);
  }
  for (const node of messages.querySelectorAll(".message")) {
    node.toggleAttribute("data-lit", task !== "" && tasksOf(node).includes(task));
  }
}

// The number stands before the hash too, for only so does the server know what to show when the page is opened again.
function remember() {
  const address = new URL(location);
  address.searchParams.delete("at");
  if (message) address.searchParams.delete("from");
  for (const [name, value] of Object.entries({ message, task: task && `T${task}` })) {
    value ? address.searchParams.set(name, value) : address.searchParams.delete(name);
  }
  history.replaceState({ ...history.state, isKept: true }, "", address);
}

function show(seq) {
  const target = byNumber(seq);
  if (!target) return false;
  for (let node = target; node; node = node.parentElement) if (node.matches("details")) node.open = true;
  document.getElementById("dialog")?.close();
  const conversation = document.querySelector("[name=pane][value=conversation]");
  if (conversation) conversation.checked = true;
  message = String(seq);
  mark();
  showCards();
  // Not by history: only a real jump makes the message the page's target. What it leaves keeps its own address.
  location.hash = `m${seq}`;
  remember();
  here();
  return true;
}

function showCards() {
  const card = panel.querySelector(".task-card[data-chosen]") ?? panel.querySelector(".task-card[data-served]");
  if (card) keepInView(card, panel);
}

function choose(link) {
  const seq = link.dataset.seq;
  task = link.dataset.choose === task && link.matches(".choose") ? "" : link.dataset.choose;
  mark();
  if (!task || !seq) remember();
  else show(seq);
}

// Back and forward: what was chosen there is chosen again; the browser scrolls. A jump's own event knows of nothing yet.
addEventListener("popstate", ({ state }) => {
  if (!state?.isKept) return;
  task = new URL(location).searchParams.get("task")?.replace(/^T/i, "") ?? "";
  message = numberIn(location.hash);
  mark();
  showCards();
  here();
});

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a");
  const seq = link?.dataset.seq ?? link?.dataset.number;
  if (link?.dataset.choose) {
    if (seq && !byNumber(seq)) return;
    event.preventDefault();
    choose(link);
  } else if (seq && show(seq)) {
    event.preventDefault();
    // The keyboard goes on from there; a link inside of the conversation has it there already.
    if (!messages.contains(link)) byNumber(seq).querySelector("[data-row]")?.focus({ preventScroll: true });
  } else if (seq && task) {
    // Elsewhere in the session, which is another page: the task stays chosen there.
    const address = new URL(link.href);
    if (address.pathname === location.pathname) address.searchParams.set("task", `T${task}`);
    link.href = address;
  }
});

// --- turns: where the reader is, and one step up or down ----------------------------------------------------------
const asked = () => [...messages.querySelectorAll('.message[data-speaker="user"]')];
const isAbove = (node) => node.getBoundingClientRect().top <= innerHeight / 3;
const isAtEnd = () => document.documentElement.scrollHeight - innerHeight - scrollY < 160;

// Who has jumped to a request is there, though shorter ones may stand as high up.
function isThere(node) {
  const { top } = node.getBoundingClientRect();
  return top > -1 && (isAbove(node) || (isAtEnd() && top < innerHeight));
}
function here() {
  const nodes = asked();
  const now = nodes.find((node) => node.id === `m${message}` && isThere(node)) ?? nodes.filter(isAbove).at(-1) ?? nodes[0];
  for (const link of turns.querySelectorAll(".turn")) {
    const isHere = now?.id === `m${link.dataset.turn}`;
    if (isHere === link.hasAttribute("aria-current")) continue;
    setCurrent(link, isHere);
    if (isHere) keepInView(link, turns.parentElement);
  }
}
function keepInView(link, box) {
  const [inner, outer] = [link.getBoundingClientRect(), box.getBoundingClientRect()];
  if (inner.top < outer.top + 40) box.scrollTop += inner.top - outer.top - 40;
  if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom;
}
const watcher = new IntersectionObserver(here, { rootMargin: "0px 0px -66% 0px" });
function watch() {
  for (const node of asked()) watcher.observe(node);
}

document.addEventListener("click", (event) => {
  const step = event.target.closest("[data-turn-step]");
  if (!step || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const nodes = asked();
  const at = nodes.findIndex((node) => node.id === `m${message}`);
  const seen = at >= 0 && Math.abs(nodes[at].getBoundingClientRect().top) < innerHeight ? at : nodes.filter(isAbove).length - 1;
  const next = nodes[seen + Number(step.dataset.turnStep)];
  if (next && show(next.id.slice(1))) return event.preventDefault();
  // Not loaded: the list of turns knows where it is.
  const known = [...turns.querySelectorAll(".turn")];
  const place = known.findIndex((link) => link.dataset.turn === nodes[seen]?.id.slice(1));
  const link = known[place + Number(step.dataset.turnStep)];
  if (place >= 0 && link) step.href = link.href;
  else event.preventDefault();
});

// --- tasks and turns follow the reader: those around the message that is read are beside it ------------------------------
let near = 0;

function follow() {
  const shown = [...messages.querySelectorAll(".message")];
  near = Number((shown.filter(isAbove).at(-1) ?? shown[0])?.id.slice(1) ?? 0);
  tell("near", near || "");
  tell("card", document.activeElement.closest(".task-card")?.dataset.task ?? "");
  here();
  if (!goAlong(document.getElementById("task-cards"))) showPlace();
  goAlong(turns.querySelector(".turns"));
}
// A list that holds what lies between two messages is fetched anew when the reader leaves them.
function goAlong(list) {
  const [from, until] = [Number(list.dataset.from), Number(list.dataset.until)];
  const isLeft = near < from || (until > 0 && near >= until);
  if (isLeft) list.dispatchEvent(new Event("moved"));
  return isLeft;
}
// Who works in the panel, or has chosen a task, scrolls it themselves.
function showPlace() {
  if (!near || task || panel.matches(":hover, :focus-within")) return;
  const begun = [...panel.querySelectorAll(".choose[data-seq]")].filter(({ dataset }) => dataset.seq && Number(dataset.seq) <= near);
  if (begun.length) keepInView(begun.at(-1).closest(".task-card"), panel);
}
let settling;
addEventListener("scroll", () => {
  clearTimeout(settling);
  settling = setTimeout(follow, 200);
}, { passive: true });
// The card that is looked at stays where it is on the screen, when it is still there.
let looked = null;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "task-cards") return;
  const card = [...detail.target.children].find((child) => child.getBoundingClientRect().bottom > panel.getBoundingClientRect().top);
  looked = card && { id: card.id, top: card.getBoundingClientRect().top };
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id === "turns") here();
  if (!looked) return;
  const card = document.getElementById(looked.id);
  if (card) panel.scrollTop += card.getBoundingClientRect().top - looked.top;
  showPlace();
  looked = null;
});

// --- failed calls: one step up or down; what is not loaded is found by the server --------------------------------------
const FAILED = '.tool[data-outcome="error"]';
let failure = null;

function showFailure(step) {
  const nodes = [...messages.querySelectorAll(FAILED)];
  const isNear = nodes.includes(failure) && Math.abs(failure.getBoundingClientRect().top) < innerHeight;
  const passed = isNear ? nodes.indexOf(failure) : nodes.filter((node) => node.getBoundingClientRect().top < 0).length - 1;
  const next = nodes[isNear || step > 0 ? passed + step : passed];
  if (!next) return false;
  failure = next;
  show(next.closest(".message").id.slice(1));
  next.open = true;
  next.scrollIntoView({ block: "center" });
  next.querySelector("summary").focus({ preventScroll: true });
  return true;
}
document.addEventListener("htmx:configRequest", (event) => {
  const step = Number(event.detail.elt.dataset.failureStep);
  if (!step) return;
  if (showFailure(step)) return event.preventDefault();
  const loaded = step > 0 ? { after: document.getElementById("loaded-last").value } : { before: document.getElementById("loaded-first").value };
  event.detail.parameters = { ...loaded, task: task && `T${task}` };
});

// --- following: what comes in stands below, and nothing that is read moves -------------------------------------------
let news = [];

function tellNews() {
  news = news.filter((node) => node.isConnected && node.getBoundingClientRect().top > innerHeight);
  pill.hidden = !news.length;
  const { one, many } = pill.dataset;
  pill.querySelector("span").textContent = news.length === 1 ? one : many.replace("{n}", news.length);
}
pill.addEventListener("click", () => {
  const first = news[0];
  news = [];
  tellNews();
  first?.scrollIntoView({ block: "start" });
  first?.querySelector("[data-row]")?.focus({ preventScroll: true });
});
addEventListener("scroll", () => news.length && tellNews(), { passive: true });

// Earlier messages come in above what is read; the reader stays where they are.
let held = null;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "earlier") return;
  const node = [...messages.children].find((child) => child.getBoundingClientRect().bottom > 0);
  document.documentElement.dataset.steady = "";
  held = node && { node, top: node.getBoundingClientRect().top };
});

document.addEventListener("htmx:afterSwap", () => {
  if (!held) return;
  scrollBy({ top: held.node.getBoundingClientRect().top - held.top, behavior: "instant" });
  requestAnimationFrame(() => delete document.documentElement.dataset.steady);
  held = null;
});

// Not before the page stands where its address says.
const above = new IntersectionObserver((seen) => seen.at(-1).isIntersecting && seen.at(-1).target.dispatchEvent(new Event("reach")));
function watchAbove() {
  above.disconnect();
  const earlier = document.getElementById("earlier");
  if (!earlier.hidden) above.observe(earlier);
}
addEventListener("load", () => setTimeout(watchAbove, 300));

let known = new Set(messages.children);
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const fresh = [...messages.children].filter((node) => !known.has(node));
  known = new Set(messages.children);
  if (detail.target?.id === "follow" || detail.elt?.id === "follow") {
    news.push(...fresh.filter((node) => node.matches(".message")));
    tellNews();
  }
  if (detail.target?.id === "earlier" || detail.elt?.id === "earlier") watchAbove();
  mark();
  watch();
  here();
});

// --- countdowns ------------------------------------------------------------------------------------------------------
setInterval(() => {
  for (const node of document.querySelectorAll(".countdown")) {
    const left = Math.ceil((new Date(node.dateTime) - Date.now()) / 1000);
    node.textContent = left > 0 ? node.dataset.in.replace("{n}", left) : node.dataset.now;
  }
}, 1000);

// --- here at first -----------------------------------------------------------------------------------------------------
const asking = new URL(location);
const hashed = numberIn(location.hash);
if (hashed && !show(hashed) && asking.searchParams.get("message") !== hashed) {
  // The server has not heard of a hash.
  asking.searchParams.set("message", hashed);
  location.replace(asking);
} else {
  if (message && !hashed) byNumber(message)?.scrollIntoView({ block: "center" });
  remember();
}
const arrived = byNumber(message);
failure = arrived?.closest(FAILED) ?? arrived?.querySelector(FAILED) ?? null;
failure?.scrollIntoView({ block: "center" });
watch();
mark();
if (task && !arrived) messages.querySelector("[data-lit]")?.scrollIntoView({ block: "center" });
here();
showCards();
