// The live front of candidates: one set of candidates and filters, seen in several panels. Needs the other scripts.

function render({ model, el }) {
  const root = element("section", "pn-front", { "aria-label": "Views of the candidates" });
  const live = element("div", "pn-unseen", { "aria-live": "polite" });
  let frame = 0;
  const redraw = () => {
    if (!frame) frame = requestAnimationFrame(draw);
  };
  const table = makeTable(model, redraw);
  const filter = makeFilter(model, table);

  function stateOf(row) {
    const number = table.value(row, 0);
    const over = table.value(row, 1) ? [] : ["over budget"];
    return [...over, ...["proposed", "picked"].filter((name) => model.get(name).includes(number))];
  }

  function pick(rows, add) {
    const picked = new Set(model.get("picked"));
    const most = model.get("most");
    for (const row of rows) {
      const number = table.value(row, 0);
      if (!add && picked.has(number)) picked.delete(number);
      else if (!picked.has(number) && !table.value(row, 1)) live.textContent = `Candidate ${number} is over budget.`;
      else if (picked.size < most) picked.add(number);
      else live.textContent = `At most ${most} can be picked.`;
    }
    model.set("picked", [...picked].sort((a, b) => a - b));
    model.save_changes();
    redraw();
  }

  const shared = { model, root, table, filter, live, redraw, pick, stateOf };
  const panels = {
    front: makeScatter(shared),
    parallel: makeParallel(shared),
    table: makeListing(shared),
    hypervolume: makeCurve(shared),
    agreement: makeHeat(shared),
  };
  const titles = {
    front: "Front", parallel: "Parallel coordinates", table: "Table", hypervolume: "Hypervolume", agreement: "Agreement",
  };
  const tabs = makeTabs(
    Object.entries(panels).map(([key, { panel }]) => [key, titles[key], panel]),
    redraw,
  );
  root.append(tabs.bar, filter.bar, ...Object.values(panels).map(({ panel }) => panel), live);
  el.append(root);
  tabs.show("front");

  function draw() {
    frame = 0;
    if (!root.clientWidth) return; // on a step that is not shown
    const start = performance.now();
    const shown = filter.update();
    panels[tabs.current()].draw();
    filter.bar.hidden = ["hypervolume", "agreement"].includes(tabs.current());
    Object.assign(root.dataset, {
      points: table.count(), picked: model.get("picked").join(" "), shown, tab: tabs.current(),
      brushes: JSON.stringify(model.get("brushes")),
      milliseconds: (performance.now() - start).toFixed(1),
    });
  }

  const watched = [
    "axes", "groups", "hidden", "brushes", "x", "y", "x_scale", "y_scale", "proposed", "picked", "agreement", "stage", "empty",
  ];
  for (const name of watched) model.on(`change:${name}`, redraw);
  const sizes = new ResizeObserver(redraw);
  sizes.observe(root);
  redraw();
  return () => {
    table.close();
    sizes.disconnect();
    for (const name of watched) model.off(`change:${name}`, redraw);
    cancelAnimationFrame(frame);
  };
}

export default { render };
