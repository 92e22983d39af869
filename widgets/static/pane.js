// A pane shows HTML that Python wrote and reports clicks on its [data-action] elements (choices, for a select).
// A change is patched into the page node by node, so that focus, scroll and a click in progress survive it.

function syncAttributes(from, to) {
  for (const { name } of [...from.attributes]) {
    const kept = name === "open" && from.nodeName === "DETAILS";
    if (!to.hasAttribute(name) && !kept) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
}

function patch(from, to) {
  if (from.isEqualNode(to)) return;
  const same = from.nodeName === to.nodeName && from.dataset?.key === to.dataset?.key;
  if (!same) {
    from.replaceWith(to.cloneNode(true));
  } else if (from.nodeType !== Node.ELEMENT_NODE) {
    from.nodeValue = to.nodeValue;
  } else {
    syncAttributes(from, to);
    patchChildren(from, to);
  }
}

function patchChildren(from, to) {
  const next = [...to.childNodes];
  while (from.childNodes.length > next.length) from.lastChild.remove();
  next.forEach((node, i) => {
    if (i < from.childNodes.length) patch(from.childNodes[i], node);
    else from.append(node.cloneNode(true));
  });
}

// Arrow keys move within a group of radio buttons, as they do in a native one.
function moveRadio(event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const radio = event.target.closest('[role="radio"]');
  if (!step || !radio) return;
  const group = [...radio.closest('[role="radiogroup"]').querySelectorAll('[role="radio"]')];
  const next = group[(group.indexOf(radio) + step + group.length) % group.length];
  event.preventDefault();
  next.focus();
  next.click();
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "pn-pane";
  el.append(root);
  let focused = "";
  let revealed = null; // what is first on show moves nothing
  const draw = () => {
    const template = document.createElement("template");
    template.innerHTML = model.get("html");
    patchChildren(root, template.content);
    // Once a user has chosen, the `selected` attributes of the options no longer count.
    for (const select of root.querySelectorAll("select[data-chosen]")) select.value = select.dataset.chosen;
    for (const range of root.querySelectorAll("input[type=range]")) {
      if (range !== document.activeElement) range.value = range.getAttribute("value");
    }
    const wanted = root.querySelector("[data-focus]");
    if (wanted && wanted.dataset.focus !== focused) wanted.focus();
    focused = wanted?.dataset.focus ?? "";
    const shown = root.querySelector("[data-reveal]");
    if (revealed !== null && shown && shown.dataset.reveal !== revealed) shown.scrollIntoView({ block: "nearest" });
    revealed = shown?.dataset.reveal ?? "";
  };
  root.addEventListener("click", (event) => {
    const target = event.target.closest("[data-action]:not(select, form, input[type=range])");
    if (!target || target.disabled) return;
    model.send({ action: target.dataset.action, key: target.dataset.key ?? "" });
  });
  root.addEventListener("keydown", moveRadio);
  root.addEventListener("keydown", (event) => event.key === "Escape" && root.querySelector("[data-escape]")?.click());
  root.addEventListener("submit", (event) => {
    const { action, key } = event.target.dataset;
    event.preventDefault();
    model.send({ action, key: key ?? "", value: new FormData(event.target).get("value") });
  });
  followGrids(root);
  root.addEventListener("change", (event) => {
    const { action, value } = { ...event.target.dataset, value: event.target.value };
    if (event.target.nodeName === "SELECT" && action) model.send({ action, key: value });
  });
  let rest = 0; // a slider tells where it is once it rests
  root.addEventListener("input", ({ target }) => {
    if (target.type !== "range") return;
    clearTimeout(rest);
    rest = setTimeout(() => model.send({ action: target.dataset.action, key: `${target.dataset.key}=${target.value}` }), 80);
  });
  model.on("change:html", draw);
  draw();
  return () => model.off("change:html", draw);
}

export default { render };
