// The chart of candidates over two of their figures: what is drawn where. Pointing and picking are in pointing.js.

function makeScatter({ model, root, table, filter, live, redraw, pick, stateOf, referenceRow }) {
  const panel = element("div", "pn-view");
  const stage = element("div", "pn-front-stage");
  const canvas = element("canvas", "", { tabindex: "0", role: "application" });
  const tip = element("div", "pn-tip", { role: "tooltip", hidden: "" });
  const empty = element("p", "pn-front-empty");
  const controls = makeControls(model, table);
  const legend = makeLegend();
  const moves = makeMoves(redraw);
  stage.append(canvas, empty, tip);
  panel.append(controls.bar, stage, legend.list);

  const context = canvas.getContext("2d");
  const at = { view: null, cursor: -1, drag: null }; // cursor: the row under the pointer or the keyboard
  let lastEpoch = null;

  const axisOf = (which) => {
    const index = Math.max(0, model.get("axes").findIndex(({ key }) => key === model.get(which)));
    return { ...model.get("axes")[index], index: FIXED + index };
  };

  // Scales follow all candidates, so that neither filters nor a replay move what stays.
  function scales() {
    const [x, y] = [axisOf("x"), axisOf("y")];
    const fits = table.whole(1);
    x.scale = makeScale(table.whole(x.index), fits, x.limit, model.get("x_scale"));
    y.scale = makeScale(table.whole(y.index), fits, y.limit, model.get("y_scale"));
    const size = model.get("size") ? axisOf("size") : null;
    if (size) size.scale = makeScale(table.whole(size.index), fits, null, "auto");
    return { x, y, size };
  }

  // The more of the figure, the larger the area.
  const radiusBy = (size) => (row) => {
    if (!size) return 3;
    const share = size.scale.at(table.value(row, size.index));
    return Number.isFinite(share) ? Math.sqrt(3 + 60 * Math.max(0, Math.min(1, share))) : 2;
  };

  // Trained rows on an axis of accuracy: where their trail begins, and where they are on their way.
  function trailsOf({ x, y }, { px, py, place, shown, strip }, xs, ys) {
    const column = model.get("axes").findIndex(({ key }) => key === "accuracy");
    if (column < 0 || model.get("replaying")) return { trained: [], trails: [] };
    const accuracies = table.column(FIXED + column);
    const rows = accuracies.flatMap((value, row) => (Number.isFinite(value) ? [row] : []));
    moves.note(rows, table.epoch() !== lastEpoch);
    lastEpoch = table.epoch();
    const here = rows.filter(shown);
    if (x.key !== "accuracy" && y.key !== "accuracy") return { trained: here.map(place), trails: [] };
    const score = FIXED + model.get("axes").findIndex(({ key }) => key === "score");
    const wanted = expected(table.column(score), accuracies, rows);
    const trails = here.flatMap((row) => {
      const promised = wanted.get(row);
      const from = [
        x.key === "accuracy" ? px(promised ?? xs[row]) : px(xs[row]),
        y.key === "accuracy" ? (promised === undefined ? strip : py(promised)) : py(ys[row]),
      ];
      const [share, to] = [moves.share(row), place(row)];
      const now = [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
      return [{ row, from, now, keeps: promised !== undefined || share < 1 }];
    });
    return {
      trained: trails.map(({ now }) => now),
      trails: trails.filter(({ keeps }) => keeps).map(({ from, now }) => [from, now]),
    };
  }

  function look() {
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    const { x, y, size } = scales();
    const [xs, ys, feasible] = [table.column(x.index), table.column(y.index), table.column(1)];
    const floor = height - MARGIN.bottom;
    const unscored = xs.flatMap((value, row) => (Number.isFinite(value) && !Number.isFinite(ys[row]) ? [row] : []));
    const strip = unscored.length ? STRIP : 0;
    const box = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: floor - strip };
    const px = (value) => box.left + x.scale.at(value) * (box.right - box.left);
    const py = (value) => box.bottom - y.scale.at(value) * (box.bottom - box.top);
    const radius = radiusBy(size);
    const place = (row) => [px(xs[row]), py(ys[row]), radius(row)];
    const within = (row) => {
      const [a, b] = [x.scale.at(xs[row]), y.scale.at(ys[row])];
      return a >= 0 && a <= 1 && b >= 0 && b <= 1;
    };
    const shown = (row) => filter.shows(row) && within(row);
    const marked = (numbers) => numbers.map(table.rowOf).filter((row) => row >= 0 && shown(row));
    const placed = xs.map((_, row) => row).filter(within);
    const rows = placed.filter(filter.shows);
    const candidates = feasible.map((value, row) => value && filter.shows(row));
    const front = frontOf(xs, ys, candidates, x.better === "low", y.better === "low");
    const past = model.get("replaying"); // what was picked, trained and recommended came later
    const [proposed, picked] = [marked(model.get("proposed")), past ? [] : marked(model.get("picked"))];
    const best = past ? [] : marked([model.get("best")]);
    const walk = [...new Set([...front, ...proposed, ...picked, ...best])].sort((a, b) => xs[a] - xs[b] || ys[a] - ys[b]);
    const pointed = at.cursor >= 0 && at.cursor < xs.length && shown(at.cursor);
    const told = [...new Set([...proposed, ...picked, ...best, ...(pointed ? [at.cursor] : [])])];
    const bands = [
      ...(x.band ? told.map((row) => [xs[row], py(ys[row]), true]) : []),
      ...(y.band ? told.map((row) => [ys[row], px(xs[row]), false]) : []),
    ];
    return {
      width, height, box, floor, x, y, size, px, py, rows, walk, place, bands,
      ...trailsOf({ x, y }, { px, py, place, shown, strip: floor - STRIP / 2 }, xs, ys),
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
      best: best.map(place),
      cursor: pointed ? place(at.cursor) : null,
      lasso: at.drag && at.drag.path.length > 2 ? at.drag.path : null,
      feasible: candidates.reduce((sum, value) => sum + (value ? 1 : 0), 0),
      out_of: xs.reduce((sum, _, row) => sum + (filter.shows(row) && !feasible[row] ? 1 : 0), 0),
    };
  }

  function draw() {
    at.view = look();
    fit(canvas, context, at.view.width, at.view.height);
    paint(context, at.view, resolve(root, ["ink", "dim", "line", "paper"]));
    empty.hidden = table.count() > 0;
    empty.textContent = model.get("replaying") ? "Before the first candidate: press Play." : whyEmpty(model, model.get("empty"));
    controls.update({ x: at.view.x.scale, y: at.view.y.scale });
    report();
  }

  function notes() {
    const { x, y, size, trails } = at.view;
    const found = [];
    if (size) found.push(`larger: more ${size.label}`);
    if (x.band || y.band) found.push(`bars: the likely range of the ${(x.band ? x : y).label.toLowerCase()}`);
    if (trails.length) found.push("dashed: from where the score would put it among the trained");
    return found;
  }

  function report() {
    const { view } = at;
    const counts = {
      best: view.best.length,
      trained: view.trained.length,
      picked: model.get("replaying") ? 0 : model.get("picked").length,
      proposed: model.get("proposed").length,
      front: view.frontRows.length,
      feasible: view.feasible,
      out: view.out_of,
    };
    legend.show(counts, notes());
    Object.assign(root.dataset, counts, { trails: view.trails.length, bands: view.bands.length });
    root.dataset.places = JSON.stringify(
      view.walk.map((row) => [table.value(row, 0), ...view.place(row).slice(0, 2).map(Math.round)]),
    );
    canvas.setAttribute(
      "aria-label",
      `Chart of ${counts.feasible + counts.out} candidates, ${view.x.label} across, ${view.y.label} up. ` +
        `${counts.feasible} fit the budget, ${counts.front} are on the front, ${counts.picked} are picked, ` +
        `${counts.trained} are trained. Left and right arrow walk the front, Enter picks, Escape clears.`,
    );
  }

  function showTip(row) {
    at.cursor = row;
    redraw();
    tip.hidden = row < 0;
    root.dataset.cursor = row < 0 ? "" : table.value(row, 0);
    if (row < 0) return;
    const shown = [model.get("x"), model.get("y"), model.get("size")];
    fillTip(tip, table, row, { axes: model.get("axes"), shown, state: stateOf(row), reference: referenceRow() });
    const [x, y] = at.view.place(row);
    const wide = tip.offsetWidth;
    const beside = x + 18 + wide <= at.view.width ? x + 18 : x - 18 - wide;
    tip.style.left = `${Math.max(0, Math.min(beside, at.view.width - wide))}px`;
    tip.style.top = `${Math.max(0, Math.min(y - 30, at.view.height - tip.offsetHeight))}px`;
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

  listen({ canvas, at, model, table, live, redraw, pick, showTip, say });
  return { panel, draw };
}
