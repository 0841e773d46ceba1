// Copy what stands beside the button. The words come from the page (base.html).
const { copied, selected } = document.body.dataset;

async function copy(button) {
  const source = button.closest(".code, .copy-line").querySelector("code");
  const words = button.textContent;
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    button.textContent = copied;
  } catch {
    getSelection().selectAllChildren(source);
    button.textContent = selected;
  }
  setTimeout(() => (button.textContent = words), 1500);
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-copy]");
  if (button) copy(button);
});
