// Parallel coordinates: a line for each candidate that fits, over all figures. A range brushed on an axis filters every panel.

const SIDES = { left: 40, right: 40, top: 50, bottom: 26 };
const MOST_LINES = 1000; // more cost time, and show nothing but a filled area
const REACH = 18; // how far from an axis a drag still means it
const EDGE = 6; // how near to a brush's end a drag moves that end alone

function makeParallel({ model, root, table, filter, live, redraw }) {
  const panel = element("div", "pn-view");
  const note = element("p", "pn-view-note");
  const stage = element("div", "pn-front-stage pn-parallel-stage");
  const canvas = element("canvas", "", { tabindex: "0", role: "application" });
  const empty = element("p", "pn-front-empty pn-front-empty-all");
  stage.append(canvas, empty);
  panel.append(note, stage);
  const context = canvas.getContext("2d");
  let view = null;
  let active = 0; // axis that the keyboard acts on
  let cursor = -1;
  let drag = null;

  function look() {
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    const feasible = table.column(1);
    const rows = feasible.flatMap((value, row) => (value ? [row] : []));
    const [top, bottom] = [SIDES.top, height - SIDES.bottom];
    const fits = table.whole(1);
    const all = model.get("axes").map((axis, i) => ({ ...axis, index: FIXED + i }));
    const known = all.filter((axis) => table.knows(axis, axis.index));
    const step = (width - SIDES.left - SIDES.right) / (known.length - 1);
    const axes = known.map((axis, i) => {
      const values = table.column(axis.index);
      const good = table.whole(axis.index).filter((_, row) => fits[row]);
      const scale = makeScale(good, good.map(() => 1), null, "auto");
      const share = (value) => (axis.better === "low" ? scale.at(value) : 1 - scale.at(value));
      const at = (value) => top + share(value) * (bottom - top);
      const back = (y) => {
        const part = Math.max(0, Math.min(1, (y - top) / (bottom - top)));
        return scale.value(axis.better === "low" ? part : 1 - part);
      };
      const ends = axis.better === "low" ? [scale.low, scale.high] : [scale.high, scale.low];
      const range = model.get("brushes")[axis.key]?.map((value, end) => value ?? (end ? scale.high : scale.low));
      return { ...axis, x: SIDES.left + i * step, at, back, ends, places: values.map(at), range };
    });
    return { width, height, top, bottom, step, axes, rows, font: getComputedStyle(root).fontFamily };
  }

  // What has no figure on an axis passes it by.
  function line(row) {
    const known = view.axes.filter(({ places }) => Number.isFinite(places[row]));
    known.forEach(({ x, places }, i) => (i ? context.lineTo(x, places[row]) : context.moveTo(x, places[row])));
  }

  // Every n-th row, so that at most so many are left.
  const thinned = (rows, most) => rows.filter((_, i) => i % Math.ceil(rows.length / most) === 0);

  function lines(rows, style) {
    Object.assign(context, { globalAlpha: 1, lineWidth: 1, ...style });
    for (const row of rows) {
      // One path a line: a single path of all of them costs the rasteriser far more.
      context.beginPath();
      line(row);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  function paintAxis(axis, index, colours) {
    const { top, bottom } = view;
    const focused = index === active && document.activeElement === canvas;
    Object.assign(context, { strokeStyle: focused ? colours.ink : colours.dim, lineWidth: focused ? 2 : 1, fillStyle: colours.ink });
    context.beginPath();
    context.moveTo(axis.x, top);
    context.lineTo(axis.x, bottom);
    context.stroke();
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    context.font = `${focused ? 600 : 500} 12px ${view.font}`;
    context.fillText(axis.short, axis.x, 14);
    context.font = `11px ${view.font}`;
    context.fillStyle = colours.dim;
    context.fillText(axis.unit, axis.x, 28);
    if (view.rows.length) {
      context.fillText(figure(axis.ends[0]), axis.x, top - 7);
      context.fillText(figure(axis.ends[1]), axis.x, bottom + 16);
    }
    if (!axis.range) return;
    const [a, b] = axis.range.map(axis.at).sort((p, q) => p - q);
    Object.assign(context, { fillStyle: `rgba(${colours.over},.22)`, strokeStyle: colours.picked, lineWidth: 1.5 });
    context.fillRect(axis.x - 8, a, 16, Math.max(2, b - a));
    context.strokeRect(axis.x - 8, a, 16, Math.max(2, b - a));
  }

  function draw() {
    view = look();
    fit(canvas, context, view.width, view.height);
    const colours = resolve(root, ["ink", "dim", "line", "paper"]);
    const shown = view.rows.filter(filter.shows);
    const rowsOf = (name) => model.get(name).map(table.rowOf).filter((row) => row >= 0 && filter.shows(row));
    context.lineJoin = "round";
    const drawn = thinned(shown, MOST_LINES);
    const others = thinned(view.rows.filter((row) => !filter.shows(row)), MOST_LINES / 4);
    lines(others, { strokeStyle: colours.line });
    lines(drawn, { strokeStyle: colours.point, globalAlpha: Math.max(0.1, Math.min(0.6, 60 / drawn.length)) });
    lines(rowsOf("proposed"), { strokeStyle: colours.proposed, lineWidth: 2 });
    lines(rowsOf("picked"), { strokeStyle: colours.picked, lineWidth: 2.4 });
    if (cursor >= 0 && filter.shows(cursor)) lines([cursor], { strokeStyle: colours.ink, lineWidth: 2 });
    view.axes.forEach((axis, index) => paintAxis(axis, index, colours));
    empty.hidden = view.rows.length > 0;
    empty.textContent = table.count() ? "Nothing fits the budget so far." : whyEmpty(model, model.get("empty"));
    note.textContent =
      cursor >= 0 && filter.shows(cursor)
        ? `Candidate ${table.value(cursor, 0)}: ${table.words(cursor)}`
        : "Better is up on every axis. Drag along an axis to keep a range, click it to let go." +
          (drawn.length < shown.length ? ` ${drawn.length} of ${shown.length} lines are drawn.` : "");
    canvas.setAttribute(
      "aria-label",
      `Parallel coordinates of ${shown.length} of ${view.rows.length} candidates that fit, over ${view.axes.length} figures. ` +
        "Left and right arrow choose a figure, up and down move the worse end of its range, with Shift the better " +
        "end, Delete lets the range go, Escape all of them.",
    );
  }

  function brush(key, range, done) {
    const brushes = { ...model.get("brushes") };
    if (range) brushes[key] = range;
    else delete brushes[key];
    model.set("brushes", brushes);
    if (done) model.save_changes();
    redraw();
  }

  const axisNear = (x) => {
    const near = view.axes.reduce((best, axis) => (Math.abs(axis.x - x) < Math.abs(best.x - x) ? axis : best));
    return Math.abs(near.x - x) <= REACH ? near : null;
  };

  function nearest([x, y]) {
    const axis = view.axes.reduce((best, other) => (Math.abs(other.x - x) < Math.abs(best.x - x) ? other : best));
    const distance = (row) => Math.abs(axis.places[row] - y);
    return view.rows.reduce((best, row) => (filter.shows(row) && distance(row) < (best < 0 ? 8 : distance(best)) ? row : best), -1);
  }

  function begin(axis, y) {
    const [a, b] = axis.range ? axis.range.map(axis.at).sort((p, q) => p - q) : [NaN, NaN];
    if (Math.abs(y - a) < EDGE) return { axis, fixed: b };
    if (Math.abs(y - b) < EDGE) return { axis, fixed: a };
    return y > a && y < b ? { axis, moved: [a - y, b - y] } : { axis, fixed: y };
  }

  function rangeAt(y) {
    const { axis, fixed, moved } = drag;
    const ends = moved ? moved.map((offset) => axis.back(y + offset)) : [axis.back(fixed), axis.back(y)];
    return ends.sort((p, q) => p - q);
  }

  canvas.addEventListener("pointerdown", (event) => {
    const [x, y] = whereOn(canvas, event);
    const axis = view && view.rows.length ? axisNear(x) : null;
    if (!axis) return;
    canvas.setPointerCapture(event.pointerId);
    active = view.axes.indexOf(axis);
    drag = { ...begin(axis, y), from: y, far: false };
  });
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = whereOn(canvas, event);
    if (!drag) {
      const row = view ? nearest([x, y]) : -1;
      canvas.style.cursor = view && view.rows.length && axisNear(x) ? "ns-resize" : "default";
      if (row !== cursor) {
        cursor = row;
        redraw();
      }
      return;
    }
    drag.far ||= Math.abs(y - drag.from) > 4;
    if (drag.far) brush(drag.axis.key, rangeAt(y), false);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const [, y] = whereOn(canvas, event);
    brush(drag.axis.key, drag.far ? rangeAt(y) : null, true);
    drag = null;
  });
  canvas.addEventListener("pointercancel", () => (drag = null));
  canvas.addEventListener("pointerleave", () => {
    cursor = -1;
    redraw();
  });

  // The worse end is the lower one on the screen.
  function nudge(axis, up, better) {
    const ends = (axis.range ?? axis.ends).map(axis.at).sort((p, q) => p - q);
    const moved = better ? 0 : 1;
    ends[moved] += ((up ? -1 : 1) * (view.bottom - view.top)) / 20;
    if (ends[0] > ends[1]) ends[moved] = ends[1 - moved];
    brush(axis.key, ends.map(axis.back).sort((p, q) => p - q), true);
  }

  const say = (axis) => {
    const range = model.get("brushes")[axis.key];
    const shown = filter.update();
    live.textContent = `${axis.label}: ${range ? `${range.map((value) => figure(value)).join(" to ")} ${axis.unit}` : "any"}. ${shown} shown.`;
  };

  canvas.addEventListener("keydown", (event) => {
    if (!view?.rows.length) return;
    const axis = view.axes[active];
    if (event.key === "ArrowRight") active = Math.min(view.axes.length - 1, active + 1);
    else if (event.key === "ArrowLeft") active = Math.max(0, active - 1);
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") nudge(axis, event.key === "ArrowUp", event.shiftKey);
    else if (event.key === "Delete" || event.key === "Backspace") brush(axis.key, null, true);
    else if (event.key === "Escape") filter.clear();
    else return;
    event.preventDefault();
    say(view.axes[active]);
    redraw();
  });
  canvas.addEventListener("focus", redraw);
  canvas.addEventListener("blur", redraw);
  return { panel, draw };
}
