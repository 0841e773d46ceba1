// The dialog that htmx fills, and closing any dialog by a press beside it.
document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id === "dialog-body") document.getElementById("dialog").showModal();
});
document.addEventListener("click", (event) => {
  if (event.target.matches("dialog")) return event.target.close();
  const link = event.target.closest("dialog a[data-close]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  link.closest("dialog").close();
});
