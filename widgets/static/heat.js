// How far the proxies agree: Kendall's tau of every two as a table of coloured cells.

function makeHeat({ model, table }) {
  const panel = element("div", "pn-view");
  const note = element("p", "pn-view-note", { role: "status" });
  const box = element("div", "pn-heat-stage");
  const empty = element("p", "pn-front-empty pn-front-empty-all");
  const legend = element("p", "pn-view-note pn-heat-legend");
  legend.innerHTML =
    '<span>−1 reverse order</span><i aria-hidden="true"></i><span>+1 same order</span>' +
    "<span>Compute and parameters: more counts as higher.</span>";
  box.append(empty);
  panel.append(note, box, legend);
  let drawn = "";

  function cell(tau) {
    const made = element("td", "");
    made.textContent = tau === null ? "–" : tau.toFixed(2).replace("-", "\u2212");
    if (tau !== null) {
      made.style.setProperty("--tau", Math.abs(tau).toFixed(3));
      made.className = tau < 0 ? "pn-against" : "pn-along";
    }
    return made;
  }

  function grid({ labels, taus }) {
    const made = element("table", "pn-heat");
    const head = element("tr", "");
    head.append(element("td", ""), ...labels.map((label) => heading(label, "col")));
    const rows = taus.map((row, i) => {
      const line = element("tr", "");
      line.append(heading(labels[i], "row"), ...row.map(cell));
      return line;
    });
    made.append(head, ...rows);
    made.setAttribute("aria-label", "Kendall's tau between every two figures");
    return made;
  }

  function heading(label, scope) {
    const made = element("th", "", { scope });
    made.textContent = label;
    return made;
  }

  function draw() {
    const found = model.get("agreement");
    const ready = found.count > 0;
    empty.hidden = ready;
    legend.hidden = !ready;
    empty.textContent = table.count()
      ? "Three candidates that fit are needed."
      : whyEmpty(model, "How far the proxies agree is shown once candidates are scored.");
    const stage = model.get("replaying") ? "Of the whole search." : STAGES[model.get("stage")];
    note.textContent = ready
      ? `Kendall's tau-b of every two on ${found.count} scored candidates.${stage ? ` ${stage}` : ""}`
      : "Do the proxies put the candidates into the same order?";
    const wanted = JSON.stringify(found);
    if (wanted === drawn) return;
    drawn = wanted;
    box.replaceChildren(empty, ...(ready ? [grid(found)] : []));
  }
  return { panel, draw };
}
