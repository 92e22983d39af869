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
    if (number === model.get("best")) over.push("best under the budget");
    return [...over, ...["proposed", "picked"].filter((name) => model.get(name).includes(number))];
  }

  function pick(rows, add) {
    const picked = new Set(model.get("picked"));
    const most = model.get("most");
    const refusal = player.refusal();
    if (refusal) {
      live.textContent = refusal;
      return;
    }
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

  // The row that others are compared with: the reference, or the only one that is picked.
  function referenceRow() {
    const picked = model.get("picked");
    const number = model.get("reference") >= 0 ? model.get("reference") : picked.length === 1 ? picked[0] : -1;
    return number < 0 ? -1 : table.rowOf(number);
  }

  const shared = { model, root, table, filter, live, redraw, pick, stateOf, referenceRow };
  const player = makePlayer(shared);
  shared.refusal = player.refusal;
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
  root.append(tabs.bar, player.bar, player.note, filter.bar, ...Object.values(panels).map(({ panel }) => panel), live);
  el.append(root);
  tabs.show("front");

  function draw() {
    frame = 0;
    if (!root.clientWidth) return; // on a step that is not shown
    const start = performance.now();
    player.draw();
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
    "axes", "groups", "hidden", "brushes", "x", "y", "x_scale", "y_scale", "size", "proposed", "picked", "reference", "best",
    "agreement", "stage", "empty", "locked", "replaying", "playing", "until",
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
    player.close();
  };
}

export default { render };
