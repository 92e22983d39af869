// A slider that is a native one: its label is its name, arrow keys, Home and End move it, and its value is read out.

function shown(model) {
  const value = model.get("value");
  return model.get("whole") ? String(value) : value.toFixed(2);
}

function render({ model, el }) {
  const root = document.createElement("label");
  root.className = "pn-range";
  // No <output>: a label belongs to the first such element in it, and that has to be the input.
  root.innerHTML = "<span></span><b aria-hidden=true></b><input type=range>";
  const [name, figure, input] = root.children;
  const show = () => {
    for (const key of ["min", "max", "step"]) input[key] = model.get(key);
    name.textContent = model.get("description");
    root.title = model.get("tooltip");
    if (Number(input.value) !== model.get("value")) input.value = model.get("value");
    figure.textContent = shown(model);
    input.ariaValueText = shown(model);
  };
  input.addEventListener("input", () => {
    model.set("value", Number(input.value));
    model.save_changes();
    show();
  });
  model.on("change", show);
  el.append(root);
  show();
  return () => model.off("change", show);
}

export default { render };
