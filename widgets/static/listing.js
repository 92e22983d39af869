// The same candidates as a table, for reading, sorting and picking without a chart.

const MOST_LISTED = 100;

function makeListing({ model, table, filter, pick, stateOf, refusal }) {
  const panel = element("div", "pn-view");
  const bar = element("div", "pn-view-bar");
  const only = element("button", "pn-toggle", { type: "button", "aria-pressed": "true" });
  const note = element("span", "pn-view-note");
  const box = element("div", "pn-listing", { tabindex: "0", role: "region", "aria-label": "Table of candidates" });
  const listed = element("table", "pn-list");
  const head = element("thead", "");
  const body = element("tbody", "");
  only.textContent = "front only";
  only.title = "Only candidates that no other shown one beats in both figures of the chart";
  bar.append(only, note);
  listed.append(head, body);
  box.append(listed);
  panel.append(bar, box);
  let sort = { index: FIXED, up: true };
  let drawn = "";

  const columns = () => [
    { short: "No.", index: 0 },
    { short: "Family", index: 2 },
    ...model.get("axes").flatMap((axis, i) => {
      const told = !axis.detail && table.knows(axis, FIXED + i);
      return told ? [{ ...axis, index: FIXED + i }] : [];
    }),
  ];

  function rows() {
    const axes = model.get("axes");
    const at = (which) => Math.max(0, axes.findIndex(({ key }) => key === model.get(which)));
    const [x, y] = [at("x"), at("y")];
    const fits = table.column(1).map((value, row) => value && filter.shows(row));
    const chosen =
      only.getAttribute("aria-pressed") === "true"
        ? frontOf(table.column(FIXED + x), table.column(FIXED + y), fits, axes[x].better === "low", axes[y].better === "low")
        : fits.flatMap((value, row) => (value ? [row] : []));
    const value = (row) => table.value(row, sort.index);
    // Those without the figure come last, either way.
    const order = (a, b) => Number.isNaN(value(a)) - Number.isNaN(value(b)) || (sort.up ? value(a) - value(b) : value(b) - value(a));
    return chosen.sort(order);
  }

  function header({ short, unit, index }) {
    const cell = element("th", "", { scope: "col" });
    const button = element("button", "", { type: "button", "data-sort": index });
    const mark = element("i", "", { "aria-hidden": "true" });
    mark.textContent = sort.index !== index ? "" : sort.up ? "▲" : "▼";
    const below = element("small", "");
    below.textContent = unit ?? "";
    button.append(mark, short, below);
    if (sort.index === index) cell.setAttribute("aria-sort", sort.up ? "ascending" : "descending");
    button.onclick = () => {
      sort = { index, up: sort.index === index ? !sort.up : true };
      draw();
    };
    cell.append(button);
    return cell;
  }

  function line(row) {
    const made = element("tr", "");
    const number = table.value(row, 0);
    const picked = model.get("picked").includes(number);
    const choose = element("button", "pn-toggle", { type: "button", "aria-pressed": String(picked), "data-pick": number });
    choose.textContent = picked ? "picked" : "pick";
    choose.setAttribute("aria-label", `${picked ? "Picked: drop" : "Pick"} candidate ${number}`);
    choose.disabled = Boolean(refusal());
    choose.onclick = () => pick([row], false);
    const texts = columns().map(({ index }) => {
      if (index === 2) return model.get("groups")[table.value(row, 2)]?.label ?? "";
      return index === 0 ? String(number) : figure(table.value(row, index), true);
    });
    const first = element("td", "");
    first.append(choose);
    made.append(first);
    texts.forEach((text, i) => {
      const cell = element(i ? "td" : "th", "", i ? {} : { scope: "row" });
      cell.textContent = text;
      made.append(cell);
    });
    made.title = [table.words(row), ...stateOf(row)].join(" · ");
    return made;
  }

  function draw() {
    const all = rows();
    const shown = all.slice(0, MOST_LISTED);
    note.textContent = all.length
      ? `${all.length} candidate${all.length === 1 ? "" : "s"}${all.length > MOST_LISTED ? `, the first ${MOST_LISTED} listed` : ""}`
      : table.count() ? "Nothing that fits is shown." : whyEmpty(model, model.get("empty"));
    box.hidden = !all.length;
    const wanted = JSON.stringify([
      shown.map((row) => columns().map(({ index }) => figure(table.value(row, index)))), model.get("picked"), sort, refusal(),
    ]);
    if (wanted === drawn) return;
    drawn = wanted;
    const { pick: focusPick, sort: focusSort } = panel.contains(document.activeElement) ? document.activeElement.dataset : {};
    const top = element("tr", "");
    const first = element("th", "", { scope: "col" });
    first.textContent = "Prototype";
    top.append(first, ...columns().map(header));
    head.replaceChildren(top);
    body.replaceChildren(...shown.map(line));
    if (focusPick) body.querySelector(`[data-pick="${focusPick}"]`)?.focus();
    if (focusSort) head.querySelector(`[data-sort="${focusSort}"]`)?.focus();
  }

  only.onclick = () => {
    only.setAttribute("aria-pressed", String(only.getAttribute("aria-pressed") !== "true"));
    draw();
  };
  return { panel, draw };
}
