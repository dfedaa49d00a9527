// Buttons that copy: one beside a field that names it, and one for each block of code in a document.

const shown = 2_000;

async function copy(button, text) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Press Ctrl+C";
  }
  setTimeout(() => (button.textContent = label), shown);
}

for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  button.hidden = false;
  button.addEventListener("click", () => {
    field.select();
    void copy(button, field.value);
  });
}

for (const block of document.querySelectorAll(".document pre")) {
  const around = document.createElement("div");
  const button = document.createElement("button");
  around.className = "copied";
  button.className = "copy";
  button.type = "button";
  button.textContent = "Copy";
  block.replaceWith(around);
  around.append(block, button);
  button.addEventListener("click", () => void copy(button, block.textContent.trimEnd()));
}
