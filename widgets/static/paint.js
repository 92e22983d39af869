// Drawing of the front on a canvas. Every kind of point has a colour and a shape of its own (Okabe-Ito colours).

const MARGIN = { left: 70, right: 18, top: 14, bottom: 46 };
const STRIP = 20; // height of the strip below the plot for candidates over budget, which are never scored

const TONES = {
  light: { front: "#0072B2", proposed: "#008A64", picked: "#C44F00", point: "#5B8FB5", out: "#8A8F98", over: "213,94,0" },
  dark: { front: "#56B4E9", proposed: "#2FCB9A", picked: "#FF9A4D", point: "#7BA7C7", out: "#7C838C", over: "230,120,40" },
};

// Canvas wants plain colours; the page's variables may be mixtures of others.
function resolve(host, names) {
  const probe = document.createElement("i");
  host.append(probe);
  const colours = {};
  for (const name of names) {
    probe.style.color = `var(--pn-${name})`;
    colours[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  const dark = document.body.dataset.jpThemeLight === "false";
  return { ...colours, ...(dark ? TONES.dark : TONES.light) };
}

const SHAPES = {
  point(c, x, y) {
    c.moveTo(x + 3, y);
    c.arc(x, y, 3, 0, 2 * Math.PI);
  },
  out(c, x, y) {
    c.moveTo(x - 2.5, y - 2.5);
    c.lineTo(x + 2.5, y + 2.5);
    c.moveTo(x - 2.5, y + 2.5);
    c.lineTo(x + 2.5, y - 2.5);
  },
  front(c, x, y) {
    c.moveTo(x + 4.5, y);
    c.arc(x, y, 4.5, 0, 2 * Math.PI);
  },
  proposed(c, x, y) {
    c.moveTo(x, y - 7.5);
    c.lineTo(x + 7.5, y);
    c.lineTo(x, y + 7.5);
    c.lineTo(x - 7.5, y);
    c.closePath();
  },
  picked(c, x, y) {
    c.rect(x - 10, y - 10, 20, 20);
  },
};

function stamp(c, shape, places, style) {
  c.beginPath();
  for (const [x, y] of places) SHAPES[shape](c, x, y);
  Object.assign(c, { globalAlpha: 1, lineWidth: 1.2, ...style });
  if (style.fillStyle) c.fill();
  if (style.strokeStyle) c.stroke();
  c.globalAlpha = 1;
}

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
  c.fillText("unscored", box.left - 8, box.bottom + STRIP / 2 + 1);
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
  stamp(c, "proposed", view.proposed, { fillStyle: colours.proposed, strokeStyle: colours.paper });
  stamp(c, "picked", view.picked, { strokeStyle: colours.picked, lineWidth: 2.6 });
  if (view.cursor) {
    c.beginPath();
    c.arc(view.cursor[0], view.cursor[1], 14, 0, 2 * Math.PI);
    Object.assign(c, { strokeStyle: colours.ink, lineWidth: 1.5 });
    c.stroke();
  }
  if (view.lasso) {
    c.beginPath();
    view.lasso.forEach(([x, y], i) => (i ? c.lineTo(x, y) : c.moveTo(x, y)));
    c.closePath();
    Object.assign(c, { strokeStyle: colours.picked, lineWidth: 1.5, fillStyle: `rgba(${colours.over},.08)` });
    c.setLineDash([5, 3]);
    c.fill();
    c.stroke();
    c.setLineDash([]);
  }
}
