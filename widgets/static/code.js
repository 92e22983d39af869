// The Python lines of the step on show, in a panel under a button, with a button that copies them. Needs copy.js.

function render({ model, el }) {
  const root = document.createElement("details");
  root.className = "pn-code";
  root.innerHTML =
    '<summary class="pn-button pn-quiet">As code</summary><div class="pn-code-panel" role="region" aria-label="This step as Python">' +
    '<p><b></b> <span aria-live="polite"></span><button type="button" class="pn-plain">Copy</button></p>' +
    '<pre tabindex="0"><code></code></pre></div>';
  const [title, said, button] = ["b", "span", "button"].map((part) => root.querySelector(part));
  const code = root.querySelector("code");
  const draw = () => {
    title.textContent = `${model.get("title")} in Python`;
    code.textContent = model.get("lines");
    said.textContent = "";
  };
  button.onclick = async () => {
    const done = await copied(model.get("lines"));
    said.textContent = done ? "Copied." : "The browser refused: select the lines and copy them.";
  };
  const leave = (event) => {
    if (event.type === "keydown" ? event.key === "Escape" : !root.contains(event.target)) root.open = false;
  };
  document.addEventListener("click", leave);
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !root.open) return;
    root.open = false;
    root.querySelector("summary").focus();
  });
  el.append(root);
  model.on("change", draw);
  draw();
  return () => {
    document.removeEventListener("click", leave);
    model.off("change", draw);
  };
}

export default { render };
