// The chart of candidates over two of their figures: pointing, picking and drawing.

function inside([px, py], polygon) {
  let odd = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i, i += 1) {
    const [[xi, yi], [xj, yj]] = [polygon[i], polygon[j]];
    if (yi > py !== yj > py && px < ((xj - xi) * (py - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

function makeScatter({ model, root, table, filter, live, redraw, pick, stateOf }) {
  const panel = element("div", "pn-view");
  const stage = element("div", "pn-front-stage");
  const canvas = element("canvas", "", { tabindex: "0", role: "application" });
  const tip = element("div", "pn-tip", { role: "tooltip", hidden: "" });
  const empty = element("p", "pn-front-empty");
  const controls = makeControls(model);
  const legend = makeLegend();
  stage.append(canvas, empty, tip);
  panel.append(controls.bar, stage, legend.list);

  const context = canvas.getContext("2d");
  let view = null;
  let cursor = -1; // row under the pointer or the keyboard
  let drag = null;

  const axisOf = (which) => {
    const index = Math.max(0, model.get("axes").findIndex(({ key }) => key === model.get(which)));
    return { ...model.get("axes")[index], index: FIXED + index };
  };

  // Scales follow all candidates, so that filtering does not move what stays.
  function look() {
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    const [x, y] = [axisOf("x"), axisOf("y")];
    const [xs, ys, feasible] = [table.column(x.index), table.column(y.index), table.column(1)];
    x.scale = makeScale(xs, feasible, x.limit, model.get("x_scale"));
    y.scale = makeScale(ys, feasible, y.limit, model.get("y_scale"));
    const floor = height - MARGIN.bottom;
    const unscored = xs.flatMap((value, row) => (Number.isFinite(value) && !Number.isFinite(ys[row]) ? [row] : []));
    const strip = unscored.length ? STRIP : 0;
    const box = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: floor - strip };
    const px = (value) => box.left + x.scale.at(value) * (box.right - box.left);
    const py = (value) => box.bottom - y.scale.at(value) * (box.bottom - box.top);
    const place = (row) => [px(xs[row]), py(ys[row])];
    const within = (row) => {
      const [a, b] = [x.scale.at(xs[row]), y.scale.at(ys[row])];
      return a >= 0 && a <= 1 && b >= 0 && b <= 1;
    };
    const shown = (row) => filter.shows(row) && within(row);
    const marked = (name) => model.get(name).map(table.rowOf).filter((row) => row >= 0 && shown(row));
    const placed = xs.map((_, row) => row).filter(within);
    const rows = placed.filter(filter.shows);
    const candidates = feasible.map((value, row) => value && filter.shows(row));
    const front = frontOf(xs, ys, candidates, x.better === "low", y.better === "low");
    const [proposed, picked] = [marked("proposed"), marked("picked")];
    const walk = [...new Set([...front, ...proposed, ...picked])].sort((a, b) => xs[a] - xs[b] || ys[a] - ys[b]);
    return {
      width, height, box, floor, x, y, px, py, rows, walk, place,
      frontRows: front,
      font: getComputedStyle(root).fontFamily,
      strip: unscored
        .filter((row) => filter.shows(row) && x.scale.at(xs[row]) <= 1)
        .map((row) => [px(xs[row]), floor - STRIP / 2]),
      ghosts: rows.length < placed.length ? placed.filter((row) => feasible[row] && !filter.shows(row)).map(place) : [],
      out: rows.filter((row) => !feasible[row]).map(place),
      points: rows.filter((row) => feasible[row]).map(place),
      front: front.filter(shown).map(place),
      proposed: proposed.map(place),
      picked: picked.map(place),
      cursor: cursor >= 0 && cursor < xs.length && shown(cursor) ? place(cursor) : null,
      lasso: drag && drag.path.length > 2 ? drag.path : null,
      feasible: candidates.reduce((sum, value) => sum + (value ? 1 : 0), 0),
      out_of: xs.reduce((sum, _, row) => sum + (filter.shows(row) && !feasible[row] ? 1 : 0), 0),
    };
  }

  function draw() {
    view = look();
    fit(canvas, context, view.width, view.height);
    paint(context, view, resolve(root, ["ink", "dim", "line", "paper"]));
    empty.hidden = table.count() > 0;
    empty.textContent = whyEmpty(model, model.get("empty"));
    controls.update({ x: view.x.scale, y: view.y.scale });
    report();
  }

  function report() {
    const counts = {
      picked: model.get("picked").length,
      proposed: model.get("proposed").length,
      front: view.frontRows.length,
      feasible: view.feasible,
      out: view.out_of,
    };
    legend.show(counts);
    Object.assign(root.dataset, counts);
    root.dataset.places = JSON.stringify(
      view.walk.map((row) => [table.value(row, 0), ...view.place(row).map(Math.round)]),
    );
    canvas.setAttribute(
      "aria-label",
      `Chart of ${counts.feasible + counts.out} candidates, ${view.x.label} across, ${view.y.label} up. ` +
        `${counts.feasible} fit the budget, ${counts.front} are on the front, ${counts.picked} are picked. ` +
        "Left and right arrow walk the front, Enter picks, Escape clears.",
    );
  }

  function showTip(row) {
    cursor = row;
    redraw();
    tip.hidden = row < 0;
    root.dataset.cursor = row < 0 ? "" : table.value(row, 0);
    if (row < 0) return;
    fillTip(tip, table, row, model.get("axes"), [model.get("x"), model.get("y")], stateOf(row));
    const [x, y] = view.place(row);
    const right = x > view.width / 2;
    tip.style.left = right ? "" : `${x + 18}px`;
    tip.style.right = right ? `${view.width - x + 18}px` : "";
    tip.style.top = `${Math.max(0, Math.min(y - 30, view.height - tip.offsetHeight))}px`;
  }

  function say(row) {
    const parts = model
      .get("axes")
      .map((axis, i) => [axis, table.value(row, FIXED + i)])
      .filter(([axis, value]) => Number.isFinite(value) && !axis.detail)
      .map(([axis, value]) => `${axis.label} ${figure(value)} ${axis.unit}`);
    const state = stateOf(row).join(", ");
    live.textContent = `Candidate ${table.value(row, 0)}. ${state ? `${state}. ` : ""}${table.words(row)}. ${parts.join(", ")}.`;
  }

  // The marked candidates come first: they are what one aims at where points lie close together.
  function nearest([x, y], reach = 12) {
    if (!view) return -1;
    const distance = (row) => Math.hypot(view.place(row)[0] - x, view.place(row)[1] - y);
    const closest = (rows) =>
      rows.reduce((best, row) => (distance(row) < (best < 0 ? reach : distance(best)) ? row : best), -1);
    const marked = closest(view.walk);
    return marked >= 0 ? marked : closest(view.rows);
  }

  canvas.addEventListener("pointermove", (event) => {
    if (!drag) return showTip(nearest(whereOn(canvas, event)));
    drag.path.push(whereOn(canvas, event));
    return redraw();
  });
  canvas.addEventListener("pointerleave", () => drag || showTip(-1));
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    drag = { path: [whereOn(canvas, event)] };
  });
  canvas.addEventListener("pointercancel", () => {
    drag = null;
    redraw();
  });
  canvas.addEventListener("pointerup", (event) => {
    const path = drag?.path ?? [];
    const end = whereOn(canvas, event);
    drag = null;
    const far = path.some(([x, y]) => Math.hypot(x - end[0], y - end[1]) > 12);
    if (far && view) {
      pick(view.rows.filter((row) => table.value(row, 1) && inside(view.place(row), path)), true);
    } else {
      const row = nearest(end);
      if (row >= 0) pick([row], false);
      redraw();
    }
  });
  canvas.addEventListener("keydown", (event) => {
    if (!view) return;
    const at = view.walk.indexOf(cursor);
    const last = view.walk.length - 1;
    const step = { ArrowRight: at + 1, ArrowUp: at + 1, ArrowLeft: at - 1, ArrowDown: at - 1, Home: 0, End: last };
    if (event.key in step && view.walk.length) {
      const row = view.walk[Math.max(0, Math.min(last, step[event.key]))];
      showTip(row);
      say(row);
    } else if ((event.key === "Enter" || event.key === " ") && cursor >= 0) {
      pick([cursor], false);
      showTip(cursor);
      say(cursor);
    } else if (event.key === "Escape") {
      model.set("picked", []);
      model.save_changes();
      showTip(-1);
      live.textContent = "Nothing is picked.";
    } else return;
    event.preventDefault();
  });
  canvas.addEventListener("blur", () => showTip(-1));
  return { panel, draw };
}
