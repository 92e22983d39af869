// A row of tabs over one panel; the arrow keys move in it, as the ARIA practices ask for.

let tabsMade = 0;

function makeTabs(entries, changed) {
  const bar = element("div", "pn-tabs", { role: "tablist", "aria-label": "Views of the search" });
  const id = `pn-tabs-${(tabsMade += 1)}-${Math.random().toString(36).slice(2, 8)}`;
  const tabs = entries.map(([key, title, panel]) => {
    const tab = element("button", "pn-tab", { type: "button", role: "tab", id: `${id}-${key}`, "data-tab": key });
    tab.textContent = title;
    tab.setAttribute("aria-controls", `${id}-${key}-panel`);
    panel.id = `${id}-${key}-panel`;
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    tab.onclick = () => show(key);
    return { key, tab, panel };
  });
  let current = entries[0][0];
  function show(key, focus = false) {
    current = key;
    for (const { key: other, tab, panel } of tabs) {
      tab.setAttribute("aria-selected", String(other === key));
      tab.tabIndex = other === key ? 0 : -1;
      panel.hidden = other !== key;
      if (focus && other === key) tab.focus();
    }
    changed();
  }
  bar.addEventListener("keydown", (event) => {
    const at = tabs.findIndex(({ key }) => key === current);
    const last = tabs.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at ? at - 1 : last, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    show(tabs[to].key, true);
  });
  bar.append(...tabs.map(({ tab }) => tab));
  return { bar, show, current: () => current };
}
