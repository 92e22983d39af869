// Drawing of the front on a canvas: what does not fit, axes, the front's line, marks.

const MARGIN = { left: 70, right: 18, top: 14, bottom: 46 };
const STRIP = 20; // height of the strip below the plot for candidates without a figure: over budget, or not trained

function paintOver(c, view, colours) {
  const { x, y, box } = view;
  c.save();
  c.beginPath();
  c.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  c.clip();
  c.fillStyle = `rgba(${colours.over},.10)`;
  c.strokeStyle = `rgba(${colours.over},.9)`;
  c.lineWidth = 1.5;
  c.setLineDash([6, 4]);
  const edge = { x: x.limit ? view.px(x.limit) : Infinity, y: y.limit ? view.py(y.limit) : -Infinity };
  if (edge.x < box.right) c.fillRect(edge.x, box.top, box.right - edge.x, box.bottom - box.top);
  if (edge.y > box.top) c.fillRect(box.left, box.top, Math.min(edge.x, box.right) - box.left, edge.y - box.top);
  c.beginPath();
  c.moveTo(edge.x, box.top);
  c.lineTo(edge.x, box.bottom);
  c.moveTo(box.left, edge.y);
  c.lineTo(box.right, edge.y);
  c.stroke();
  c.restore();
  return edge;
}

function paintLimits(c, view, edge, colours) {
  const { x, y, box } = view;
  c.fillStyle = colours.dim;
  c.textBaseline = "top";
  if (x.limit) {
    const text = `${x.budget ?? "budget"} ${figure(x.limit)} ${x.unit}`;
    const beyond = edge.x > box.right;
    const left = beyond || edge.x + c.measureText(text).width + 8 > box.right;
    c.textAlign = left ? "right" : "left";
    const shown = beyond ? `${text} →` : text;
    const at = beyond ? box.right - 6 : edge.x + (left ? -6 : 6);
    const width = c.measureText(shown).width;
    c.save();
    c.globalAlpha = 0.8;
    c.fillStyle = colours.paper;
    c.fillRect(left ? at - width - 3 : at - 3, box.bottom - 21, width + 6, 17);
    c.restore();
    c.fillText(shown, at, box.bottom - 18);
  }
  if (y.limit && edge.y > box.top) {
    c.textAlign = "left";
    c.fillText(`${y.budget ?? "budget"} ${figure(y.limit)} ${y.unit}`, box.left + 6, edge.y + 4);
  }
}

function paintAxes(c, view, colours) {
  const { box, x, y } = view;
  c.strokeStyle = colours.line;
  c.lineWidth = 1;
  c.fillStyle = colours.dim;
  c.textBaseline = "top";
  c.textAlign = "center";
  c.beginPath();
  for (const tick of x.scale.ticks(Math.max(3, Math.floor((box.right - box.left) / 90)))) {
    const at = Math.round(view.px(tick)) + 0.5;
    c.moveTo(at, box.top);
    c.lineTo(at, view.floor);
    c.fillText(figure(tick), at, view.floor + 6);
  }
  c.textBaseline = "middle";
  c.textAlign = "right";
  for (const tick of y.scale.ticks(Math.max(3, Math.floor((box.bottom - box.top) / 56)))) {
    const at = Math.round(view.py(tick)) + 0.5;
    c.moveTo(box.left, at);
    c.lineTo(box.right, at);
    c.fillText(figure(tick), box.left - 8, at);
  }
  c.stroke();
  c.fillStyle = colours.ink;
  c.textAlign = "center";
  c.textBaseline = "alphabetic";
  c.fillText(axisTitle(x), (box.left + box.right) / 2, view.floor + 38);
  c.save();
  c.translate(17, (box.top + box.bottom) / 2);
  c.rotate(-Math.PI / 2);
  c.fillText(axisTitle(y), 0, 0);
  c.restore();
}

function axisTitle(axis) {
  const arrow = { low: " · less is better", high: " · more is better" }[axis.better] ?? "";
  return `${axis.label}${axis.unit ? ` (${axis.unit})` : ""}${arrow}`;
}

function paintStrip(c, view, colours) {
  const { box, floor } = view;
  if (floor === box.bottom) return;
  c.strokeStyle = colours.line;
  c.strokeRect(box.left + 0.5, box.bottom + 0.5, box.right - box.left, STRIP);
  stamp(c, "out", view.strip, { strokeStyle: colours.out });
  c.textAlign = "right";
  c.textBaseline = "middle";
  c.fillStyle = colours.dim;
  c.fillText(view.y.key === "accuracy" ? "untrained" : "unscored", box.left - 8, box.bottom + STRIP / 2 + 1);
}

function paintFrontLine(c, places, xLow, colours) {
  if (places.length < 2) return;
  c.strokeStyle = colours.front;
  c.lineWidth = 1.6;
  c.globalAlpha = 0.7;
  c.beginPath();
  c.moveTo(...places[0]);
  for (let i = 1; i < places.length; i += 1) {
    // What lies between two points of a front is bounded by steps, not by the straight line.
    if (xLow) c.lineTo(places[i][0], places[i - 1][1]);
    else c.lineTo(places[i - 1][0], places[i][1]);
    c.lineTo(...places[i]);
  }
  c.stroke();
  c.globalAlpha = 1;
}

// The band of an estimate, where an axis has one, across the marked candidates.
function paintBands(c, view, colours) {
  const { box, x, y } = view;
  c.save();
  c.beginPath();
  c.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  c.clip();
  c.beginPath();
  for (const [value, other, across] of view.bands) {
    const [axis, at] = across ? [x, view.px] : [y, view.py];
    const ends = [at(value / (1 + axis.band)), at(value * (1 + axis.band))];
    for (const [i, end] of ends.entries()) {
      const [ax, ay, bx, by] = across ? [end, other - 4, end, other + 4] : [other - 4, end, other + 4, end];
      c.moveTo(ax, ay);
      c.lineTo(bx, by);
      if (!i) continue;
      if (across) c.moveTo(ends[0], other), c.lineTo(end, other);
      else c.moveTo(other, ends[0]), c.lineTo(other, end);
    }
  }
  Object.assign(c, { strokeStyle: colours.ink, lineWidth: 1.2, globalAlpha: 0.6 });
  c.stroke();
  c.restore();
}

function paintCursor(c, view, colours) {
  c.beginPath();
  c.arc(view.cursor[0], view.cursor[1], 14, 0, 2 * Math.PI);
  Object.assign(c, { strokeStyle: colours.ink, lineWidth: 1.5 });
  c.stroke();
}

function paintLasso(c, view, colours) {
  c.beginPath();
  view.lasso.forEach(([x, y], i) => (i ? c.lineTo(x, y) : c.moveTo(x, y)));
  c.closePath();
  Object.assign(c, { strokeStyle: colours.picked, lineWidth: 1.5, fillStyle: `rgba(${colours.over},.08)` });
  c.setLineDash([5, 3]);
  c.fill();
  c.stroke();
  c.setLineDash([]);
}

function paint(c, view, colours) {
  c.font = `12px ${view.font}`;
  const edge = paintOver(c, view, colours);
  paintAxes(c, view, colours);
  paintLimits(c, view, edge, colours);
  paintStrip(c, view, colours);
  stamp(c, "point", view.ghosts, { fillStyle: colours.out, globalAlpha: 0.16 });
  stamp(c, "out", view.out, { strokeStyle: colours.out, globalAlpha: 0.75 });
  stamp(c, "point", view.points, { fillStyle: colours.point, globalAlpha: 0.65 });
  paintFrontLine(c, view.front, view.x.better === "low", colours);
  stamp(c, "front", view.front, { fillStyle: colours.front, strokeStyle: colours.paper });
  paintBands(c, view, colours);
  paintTrails(c, view.trails, colours);
  stamp(c, "proposed", view.proposed, { fillStyle: colours.proposed, strokeStyle: colours.paper });
  stamp(c, "trained", view.trained, { fillStyle: colours.trained, strokeStyle: colours.paper });
  stamp(c, "picked", view.picked, { strokeStyle: colours.picked, lineWidth: 2.6 });
  stamp(c, "best", view.best, { fillStyle: colours.best, strokeStyle: colours.paper, lineWidth: 1.5 });
  if (view.cursor) paintCursor(c, view, colours);
  if (view.lasso) paintLasso(c, view, colours);
}
