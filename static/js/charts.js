// A picture is one stop of the Tab key; the arrow keys move through its marks.
function gather() {
  for (const plot of document.querySelectorAll(".chart-plot")) {
    const marks = [...plot.querySelectorAll(".mark")];
    for (const mark of marks) mark.setAttribute("tabindex", mark === marks.at(-1) ? "0" : "-1");
  }
}
gather();
document.addEventListener("htmx:afterSettle", gather);
document.addEventListener("keydown", (event) => {
  const mark = event.target.closest?.(".chart-plot .mark");
  if (!mark) return;
  const marks = [...mark.parentElement.querySelectorAll(".mark")];
  const at = marks.indexOf(mark);
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: marks.length - 1 }[event.key];
  if (!marks[to]) return;
  event.preventDefault();
  marks[to].focus();
});
