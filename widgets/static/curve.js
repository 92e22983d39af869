// The hypervolume over the candidates tried: is the search still improving?

const LATE = 0.2; // share of the candidates that counts as the last ones
const LITTLE = 0.005; // gain below which the last ones added next to nothing

function makeCurve({ model, root, table }) {
  const panel = element("div", "pn-view");
  const note = element("p", "pn-view-note", { role: "status" });
  const stage = element("div", "pn-front-stage pn-curve-stage");
  const canvas = element("canvas", "", { role: "img" });
  const empty = element("p", "pn-front-empty");
  stage.append(canvas, empty);
  panel.append(note, stage);
  const context = canvas.getContext("2d");
  let pointer = null;

  function look(points) {
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    const floor = height - MARGIN.bottom;
    const box = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: floor };
    const [tried] = points.at(-1) ?? [1];
    const x = { label: "Candidates tried", unit: "", scale: scaleOver(0, Math.max(tried, table.total(), 1), false) };
    const y = { label: "Hypervolume", unit: "share of the box", better: "high", scale: scaleOver(0, table.volume() || 1, false) };
    return {
      width, height, box, floor, x, y,
      px: (value) => box.left + x.scale.at(value) * (box.right - box.left),
      py: (value) => box.bottom - y.scale.at(value) * (box.bottom - box.top),
    };
  }

  function paintCurve(view, points, colours) {
    context.beginPath();
    context.moveTo(view.px(0), view.py(0));
    let height = 0;
    for (const [tried, value] of points) {
      context.lineTo(view.px(tried), view.py(height));
      context.lineTo(view.px(tried), view.py(value));
      height = value;
    }
    context.lineTo(view.px(Math.max(table.count(), points.at(-1)[0])), view.py(height));
    Object.assign(context, { strokeStyle: colours.front, lineWidth: 2, lineJoin: "round" });
    context.stroke();
  }

  function paintPointer(view, points, colours) {
    const tried = Math.round(view.x.scale.value((pointer - view.box.left) / (view.box.right - view.box.left)));
    const before = points.filter(([number]) => number <= tried).at(-1);
    if (!before || tried > Math.max(table.count(), 1)) return "";
    context.beginPath();
    context.arc(view.px(tried), view.py(before[1]), 5, 0, 2 * Math.PI);
    Object.assign(context, { fillStyle: colours.front, strokeStyle: colours.paper, lineWidth: 1.5 });
    context.fill();
    context.stroke();
    return `${before[1].toFixed(4)} after ${tried} candidates.`;
  }

  function words(points) {
    const [tried, best] = points.at(-1);
    const early = points.filter(([number]) => number <= tried * (1 - LATE)).at(-1)?.[1] ?? 0;
    const gained = best > 0 ? (best - early) / best : 0;
    const verdict = gained < LITTLE ? "hardly anything more is to be gained" : "it is still improving";
    const stage = model.get("replaying") ? "" : STAGES[model.get("stage")];
    return (
      `Hypervolume ${best.toFixed(3)} after ${tried} candidates; the last fifth of them added ` +
      `${(100 * gained).toFixed(1)} %: ${verdict}.${stage ? ` ${stage}` : ""}`
    );
  }

  function draw() {
    const flat = table.curve();
    const points = Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i] + 1, flat[2 * i + 1]]);
    const view = look(points);
    view.font = getComputedStyle(root).fontFamily;
    fit(canvas, context, view.width, view.height);
    const colours = resolve(root, ["ink", "dim", "line", "paper"]);
    context.font = `12px ${view.font}`;
    paintAxes(context, view, colours);
    empty.hidden = points.length > 0;
    const feasible = points.length || table.column(1).some(Boolean);
    empty.textContent = !table.count() ? whyEmpty(model, "The curve grows with the search.") : feasible ? "Measuring…" : "Nothing fits the budget so far.";
    root.dataset.curve = points.length;
    if (points.length) paintCurve(view, points, colours);
    const read = points.length && pointer !== null ? paintPointer(view, points, colours) : "";
    note.textContent = read || (points.length ? words(points) : "How much of the objectives' space the front dominates.");
    canvas.setAttribute("aria-label", `Hypervolume over the candidates tried. ${points.length ? words(points) : ""}`);
  }

  canvas.addEventListener("pointermove", (event) => {
    [pointer] = whereOn(canvas, event);
    draw();
  });
  canvas.addEventListener("pointerleave", () => {
    pointer = null;
    draw();
  });
  return { panel, draw };
}
