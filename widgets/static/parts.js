// The parts around the canvas: axis pickers, legend.

function element(tag, className, attributes = {}) {
  const made = document.createElement(tag);
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const LEGEND = [
  ["best", "best under the budget", '<path d="M8 1 10 6 15.4 6.3 11.2 9.7 12.6 15 8 12 3.4 15 4.8 9.7.6 6.3 6 6Z"/>'],
  ["trained", "trained", '<rect x="3.5" y="3.5" width="9" height="9"/>'],
  ["picked", "picked", '<rect x="2.5" y="2.5" width="11" height="11" fill="none" stroke-width="2.2"/>'],
  ["proposed", "proposed", '<path d="M8 1.5 14.5 8 8 14.5 1.5 8Z"/>'],
  ["front", "front", '<path d="M0 8H16" fill="none" stroke-width="1.5"/><circle cx="8" cy="8" r="4.5"/>'],
  ["feasible", "fits", '<circle cx="8" cy="8" r="3.5" opacity=".7"/>'],
  ["out", "over budget", '<path d="M5 5 11 11M5 11 11 5" fill="none" stroke-width="1.5"/>'],
];

// Axis pickers and log switches above the chart, and the figure that points are as large as.
function makeControls(model, table) {
  const bar = element("div", "pn-front-bar");
  const store = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  const picker = (which, title) => {
    const label = element("label", "pn-front-axis");
    const select = element("select", "pn-select", { "data-axis": which });
    label.append(title, select);
    bar.append(label);
    return select;
  };
  const parts = [
    ["y", "Up"],
    ["x", "Across"],
  ].map(([which, title]) => {
    const select = picker(which, title);
    const log = element("button", "pn-toggle", { type: "button", title: "Logarithmic axis", "data-log": which });
    log.textContent = "log";
    select.onchange = () => store({ [which]: select.value, [`${which}_scale`]: "auto" });
    log.onclick = () => {
      store({ [`${which}_scale`]: log.getAttribute("aria-pressed") === "true" ? "linear" : "log" });
    };
    bar.append(log);
    return { which, select, log };
  });
  const size = picker("size", "Size");
  size.onchange = () => store({ size: size.value });
  let offered = "";

  // What nobody has can be read in the list, with the reason, but not chosen.
  function offer() {
    const axes = model.get("axes").map((axis, i) => [axis, table.knows(axis, FIXED + i)]);
    const wanted = JSON.stringify(axes.map(([{ key, label }, known]) => [key, label, known]));
    if (wanted === offered) return;
    offered = wanted;
    const options = () =>
      axes.map(([{ key, label, missing }, known]) => {
        const option = new Option(known ? label : `${label} (${missing})`, key);
        option.disabled = !known;
        return option;
      });
    for (const { select } of parts) select.replaceChildren(...options());
    size.replaceChildren(new Option("all alike", ""), ...options());
  }
  const update = (scales) => {
    offer();
    size.value = model.get("size");
    for (const { which, select, log } of parts) {
      select.value = model.get(which);
      log.setAttribute("aria-pressed", String(scales[which].log));
    }
  };
  return { bar, update };
}

const RARE = ["best", "trained"]; // told only where there are some

function makeLegend() {
  const list = element("ul", "pn-front-legend");
  const counts = {};
  for (const [kind, text, shape] of LEGEND) {
    const item = element("li", `pn-mark-${kind}`);
    item.innerHTML = `<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">${shape}</svg>${text} <b></b>`;
    counts[kind] = item.querySelector("b");
    list.append(item);
  }
  const note = element("li", "");
  list.append(note);
  const show = (values, notes) => {
    for (const [kind, n] of Object.entries(values)) {
      counts[kind].textContent = kind === "best" ? "" : n;
      counts[kind].parentElement.hidden = RARE.includes(kind) && !n;
    }
    note.textContent = notes.join("; ");
    note.hidden = !notes.length;
  };
  return { list, show };
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
