// A limit added by hand, beside the chips of the families: "RAM ≤ 64 KiB".

// A range in words; an end beyond every value is no end.
function rangeWords([low, high], values) {
  const [least, most] = values.reduce(
    ([a, b], v) => (Number.isFinite(v) ? [Math.min(a, v), Math.max(b, v)] : [a, b]),
    [Infinity, -Infinity],
  );
  if (low === null || low <= least) return `≤ ${figure(high)}`;
  if (high === null || high >= most) return `≥ ${figure(low)}`;
  return `${figure(low)} to ${figure(high)}`;
}

function makeLimitAdder(model, add) {
  const box = element("span", "pn-limit");
  const open = element("button", "pn-chip", { type: "button", "aria-expanded": "false" });
  const form = element("form", "pn-limit-form", { hidden: "", "aria-label": "Add a limit" });
  const which = element("select", "pn-select", { "aria-label": "Figure to limit" });
  const sign = element("span", "", { "aria-hidden": "true" });
  const value = element("input", "pn-select", { type: "number", step: "any", required: "" });
  const enter = element("button", "pn-toggle", { type: "submit" });
  open.textContent = "+ limit";
  open.title = "Show only what keeps a limit";
  enter.textContent = "Add";
  form.append(which, sign, value, enter);
  box.append(open, form);

  const axis = () => model.get("axes").find(({ key }) => key === which.value);
  const show = (visible) => {
    form.hidden = !visible;
    open.hidden = visible;
    open.setAttribute("aria-expanded", String(visible));
    (visible ? value : open).focus();
  };
  const label = () => {
    const { better, unit, label: name } = axis();
    sign.textContent = better === "low" ? "≤" : "≥";
    value.placeholder = unit;
    value.setAttribute("aria-label", `${name}, ${better === "low" ? "at most" : "at least"}${unit ? `, ${unit}` : ""}`);
  };
  open.onclick = () => show(true);
  which.onchange = label;
  form.onkeydown = (event) => {
    if (event.key === "Escape") show(false);
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    const limit = Number(value.value);
    value.value = "";
    show(false);
    add(axis().key, axis().better === "low" ? [null, limit] : [limit, null]);
  };
  const offer = (table) => {
    const chosen = which.value;
    const axes = model.get("axes").filter((one, i) => !one.detail && table.any(FIXED + model.get("axes").indexOf(one)));
    open.hidden = !axes.length || !form.hidden;
    if (!axes.length) return;
    which.replaceChildren(...axes.map(({ key, label: name }) => new Option(name, key)));
    which.value = axes.some(({ key }) => key === chosen) ? chosen : axes[0].key;
    label();
  };
  return { box, offer, focus: () => (form.hidden ? open : value).focus() };
}
