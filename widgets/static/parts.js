// The parts around the canvas: axis pickers, legend, tooltip.

function element(tag, className, attributes = {}) {
  const made = document.createElement(tag);
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const LEGEND = [
  ["picked", "picked", '<rect x="2.5" y="2.5" width="11" height="11" fill="none" stroke-width="2.2"/>'],
  ["proposed", "proposed", '<path d="M8 1.5 14.5 8 8 14.5 1.5 8Z"/>'],
  ["front", "front", '<path d="M0 8H16" fill="none" stroke-width="1.5"/><circle cx="8" cy="8" r="4.5"/>'],
  ["feasible", "fits", '<circle cx="8" cy="8" r="3.5" opacity=".7"/>'],
  ["out", "over budget", '<path d="M5 5 11 11M5 11 11 5" fill="none" stroke-width="1.5"/>'],
];

// Axis pickers and log switches above the chart.
function makeControls(model) {
  const bar = element("div", "pn-front-bar");
  const parts = [
    ["y", "Up"],
    ["x", "Across"],
  ].map(([which, title]) => {
    const label = element("label", "pn-front-axis");
    const select = element("select", "pn-select", { "data-axis": which });
    const log = element("button", "pn-toggle", { type: "button", title: "Logarithmic axis", "data-log": which });
    log.textContent = "log";
    select.onchange = () => store({ [which]: select.value, [`${which}_scale`]: "auto" });
    log.onclick = () => {
      store({ [`${which}_scale`]: log.getAttribute("aria-pressed") === "true" ? "linear" : "log" });
    };
    label.append(title, select);
    bar.append(label, log);
    return { which, select, log };
  });
  const store = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  const update = (scales) => {
    for (const { which, select, log } of parts) {
      const options = model.get("axes").map(({ key, label }) => new Option(label, key));
      if (select.options.length !== options.length) select.replaceChildren(...options);
      select.value = model.get(which);
      log.setAttribute("aria-pressed", String(scales[which].log));
    }
  };
  return { bar, update };
}

function makeLegend() {
  const list = element("ul", "pn-front-legend");
  const counts = {};
  for (const [kind, text, shape] of LEGEND) {
    const item = element("li", `pn-mark-${kind}`);
    item.innerHTML = `<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">${shape}</svg>${text} <b></b>`;
    counts[kind] = item.querySelector("b");
    list.append(item);
  }
  return { list, show: (values) => Object.entries(values).forEach(([kind, n]) => (counts[kind].textContent = n)) };
}

function fillTip(tip, table, row, axes, shown, state) {
  tip.replaceChildren();
  const head = element("b", "");
  head.textContent = `Candidate ${table.value(row, 0)}${state.length ? ` · ${state.join(", ")}` : ""}`;
  const words = element("p", "");
  words.textContent = table.words(row);
  const list = element("dl", "");
  axes.forEach((axis, i) => {
    const value = table.value(row, FIXED + i);
    const wanted = !axis.detail || shown.includes(axis.key);
    if (!wanted || !Number.isFinite(value)) return;
    const name = element("dt", "");
    const text = element("dd", "");
    const share = axis.limit ? ` · ${Math.round((100 * value) / axis.limit)} %` : "";
    name.textContent = axis.label;
    text.textContent = `${figure(value)} ${axis.unit}${share}`;
    if (axis.limit && value > axis.limit) text.className = "pn-over";
    list.append(name, text);
  });
  const note = element("small", "");
  note.textContent = "% of the budget";
  tip.append(head, words, list, note);
}

// A canvas as large as its place, sharp on every screen.
function fit(canvas, context, width, height) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}

function whereOn(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

// What an empty panel says: what will fill it, or why nothing will.
function whyEmpty(model, otherwise) {
  const stage = model.get("stage");
  if (stage === "failed" || stage === "crashed") return "The search failed before there was anything to show.";
  if (stage === "starting" || stage === "running") return "Searching: the first candidates appear in a moment.";
  if (stage === "queued") return "The search waits for its turn and begins by itself.";
  if (stage === "paused") return "Paused before there was anything to show.";
  return ["stopped", "done", "limited"].includes(stage) ? "The search ended before there was anything to show." : otherwise;
}

const STAGES = {
  starting: "The search is starting.", queued: "The search waits for its turn.", running: "The search goes on.", paused: "The search is paused.",
  stopped: "The search was stopped.", done: "The search is finished.", failed: "The search failed; what it found is kept.",
  crashed: "The search ended unexpectedly; what it found is kept.",
  limited: "The search ended at a limit; what it found is kept.",
};
