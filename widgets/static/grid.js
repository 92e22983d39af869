// A table with role="grid": the arrow keys walk through its cells, and the line after it says the cell in words.

function cellWords(cell) {
  const row = cell.closest("tr");
  const column = [...row.children].indexOf(cell);
  const of = [...row.querySelectorAll("[role=gridcell]")].reduce((sum, one) => sum + Number(one.textContent), 0);
  const truth = row.querySelector("th").dataset.name;
  const answer = cell.closest("table").tHead.rows[0].children[column].dataset.name;
  const count = Number(cell.textContent);
  const share = of ? ` (${((100 * count) / of).toFixed(1)} %)` : "";
  const what = "right" in cell.dataset ? "answered right" : `taken for “${answer}”`;
  return `“${truth}”: ${count} of ${of}${share} ${what}.`;
}

function sayCell(event) {
  const cell = event.target.closest?.("[role=gridcell]");
  if (cell) cell.closest("table").nextElementSibling.textContent = cellWords(cell);
}

function moveCell(event) {
  const cell = event.target.closest("[role=gridcell]");
  const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
  if (!cell || !step) return;
  event.preventDefault();
  const rows = [...cell.closest("tbody").rows].map((row) => [...row.querySelectorAll("[role=gridcell]")]);
  const at = rows.findIndex((row) => row.includes(cell));
  const next = rows[at + step[0]]?.[rows[at].indexOf(cell) + step[1]];
  if (!next) return;
  cell.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function followGrids(root) {
  root.addEventListener("mouseover", sayCell);
  root.addEventListener("focusin", sayCell);
  root.addEventListener("keydown", moveCell);
}

