// Which candidates are shown: chips that switch groups off and on, limits, and the ranges brushed in parallel coordinates.

function makeFilter(model, table) {
  const bar = element("div", "pn-filter", { role: "group", "aria-label": "Filter" });
  const note = element("span", "pn-filter-note");
  const clear = element("button", "pn-chip pn-chip-clear", { type: "button" });
  clear.textContent = "Clear filters";
  clear.onclick = () => store({ hidden: [], brushes: {} });
  const store = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  const adder = makeLimitAdder(model, (key, range) => store({ brushes: { ...model.get("brushes"), [key]: range } }));
  let visible = new Uint8Array(0);
  let drawn = "";

  // One look at every candidate; the panels ask `shows` afterwards.
  function apply() {
    const [axes, groups, hidden] = [model.get("axes"), model.get("groups"), model.get("hidden")];
    const off = groups.map(({ key }) => hidden.includes(key));
    const ranges = Object.entries(model.get("brushes"))
      .map(([key, [low, high]]) => [FIXED + axes.findIndex((axis) => axis.key === key), low ?? -Infinity, high ?? Infinity])
      .filter(([index]) => index >= FIXED);
    visible = new Uint8Array(table.count());
    const counts = groups.map(() => 0);
    for (let row = 0; row < visible.length; row += 1) {
      const group = table.value(row, 2);
      if (table.value(row, 1)) counts[group] += 1;
      visible[row] =
        !off[group] &&
        ranges.every(([index, low, high]) => table.value(row, index) >= low && table.value(row, index) <= high);
    }
    return counts;
  }

  function chip(className, text, pressed, title, act) {
    const made = element("button", `pn-chip ${className}`, { type: "button", title });
    if (pressed !== null) made.setAttribute("aria-pressed", String(pressed));
    made.append(...text);
    made.onclick = act;
    return made;
  }

  function groupChips(counts, hidden) {
    return model.get("groups").flatMap(({ key, label }, place) => {
      if (!counts[place] && !hidden.includes(key)) return [];
      const on = !hidden.includes(key);
      const number = element("b", "");
      number.textContent = counts[place];
      const made = chip("", [`${label} `, number], on, `${on ? "Hide" : "Show"} ${label}`, () => {
        store({ hidden: on ? [...hidden, key] : hidden.filter((other) => other !== key) });
      });
      made.dataset.group = key;
      return [made];
    });
  }

  function brushChips(brushes) {
    return model.get("axes").flatMap(({ key, label, unit }, i) => {
      if (!(key in brushes)) return [];
      const range = rangeWords(brushes[key], table.whole(FIXED + i));
      const made = chip("pn-chip-brush", [`${label} ${range} ${unit} ×`], null, `Remove the filter on ${label}`, () => {
        store({ brushes: Object.fromEntries(Object.entries(brushes).filter(([other]) => other !== key)) });
      });
      made.dataset.brush = key;
      return [made];
    });
  }

  function update() {
    const counts = apply();
    const [hidden, brushes] = [model.get("hidden"), model.get("brushes")];
    const shown = visible.reduce((sum, value) => sum + value, 0);
    const filtered = hidden.length > 0 || Object.keys(brushes).length > 0;
    note.textContent = filtered ? `${shown} of ${table.count()} shown` : "";
    clear.hidden = !filtered;
    const wanted = JSON.stringify([counts, hidden, brushes]);
    if (wanted === drawn) return shown;
    drawn = wanted;
    const focused = bar.contains(document.activeElement) && { ...document.activeElement.dataset };
    adder.offer(table);
    bar.replaceChildren(...groupChips(counts, hidden), ...brushChips(brushes), adder.box, note, clear);
    if (focused?.group) bar.querySelector(`[data-group="${focused.group}"]`)?.focus();
    else if (focused) adder.focus();
    return shown;
  }

  return { bar, update, clear: () => store({ hidden: [], brushes: {} }), shows: (row) => visible[row] === 1 };
}
