// What is told of one candidate: its architecture, its figures with their bands, and how it differs from another one.

const signed = (value) => `${value < 0 ? "\u2212" : "+"}${figure(Math.abs(value))}`;

// One line: name, value with its unit and band, share of the budget; then the difference to the reference.
function tipLine(axis, value, other) {
  const name = element("dt", "");
  const text = element("dd", "");
  const share = axis.limit ? ` · ${Math.round((100 * value) / axis.limit)} %` : "";
  const band = axis.band ? ` (${figure(value / (1 + axis.band))} to ${figure(value * (1 + axis.band))})` : "";
  name.textContent = axis.band ? `${axis.label}, est.` : axis.key === "accuracy" ? `${axis.label}, measured` : axis.label;
  text.textContent = `${figure(value)}${band} ${axis.unit}${share}`;
  if (axis.limit && value > axis.limit) text.className = "pn-over";
  const delta = element("dd", "pn-delta");
  if (Number.isFinite(other)) delta.textContent = value === other ? "=" : signed(value - other);
  return [name, text, delta];
}

function fillTip(tip, table, row, { axes, shown, state, reference }) {
  tip.replaceChildren();
  const head = element("b", "");
  head.textContent = `Candidate ${table.value(row, 0)}${state.length ? ` · ${state.join(", ")}` : ""}`;
  const words = element("p", "");
  words.textContent = table.words(row);
  const compared = reference >= 0 && reference !== row;
  const list = element("dl", compared ? "pn-compared" : "");
  axes.forEach((axis, i) => {
    const value = table.value(row, FIXED + i);
    const wanted = (!axis.detail || shown.includes(axis.key)) && table.knows(axis, FIXED + i);
    if (!wanted || !Number.isFinite(value)) return;
    const line = tipLine(axis, value, compared ? table.value(reference, FIXED + i) : NaN);
    list.append(...(compared ? line : line.slice(0, 2)));
  });
  const note = element("small", "");
  note.textContent = `% of the budget${compared ? `; last column: against ${table.value(reference, 0)}` : ""}`;
  tip.append(head, words, list, note);
}
