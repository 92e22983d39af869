// Points that are set and dragged: cost across, score up, the front's steps and what lies below them.

const SPACE = { width: 640, height: 430, left: 62, right: 624, top: 14, bottom: 378 };
const REACH = 16; // how near to a point a press counts as on it
const STEP = 0.01; // of the box, for the arrow keys

function svg(tag, attributes = {}, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

const px = (share) => SPACE.left + share * (SPACE.right - SPACE.left);
const py = (share) => SPACE.bottom - share * (SPACE.bottom - SPACE.top);
const inside = (share) => Math.min(1, Math.max(0, share));

function axisValue(axis, share) {
  return axis.log ? axis.low * (axis.high / axis.low) ** share : axis.low + share * (axis.high - axis.low);
}

function axisTicks(axis) {
  const values = (axis.log ? logTicks : linearTicks)(axis.low, axis.high, 5);
  const turn = axis.log ? Math.log : (value) => value;
  return values.map((value) => [(turn(value) - turn(axis.low)) / (turn(axis.high) - turn(axis.low)), figure(value)]);
}

// The outline of what some points dominate: steps down to the corner of the box.
function steps(points) {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  let path = "";
  let height = 0;
  for (const [x, y] of sorted) {
    if (y <= height) continue;
    path += path ? `V${py(y)}` : `M${px(x)} ${py(0)}V${py(y)}`;
    height = y;
    const next = sorted.find(([nx, ny]) => nx > x && ny > y);
    path += `H${px(next ? next[0] : 1)}`;
  }
  return path && `${path}V${py(0)}Z`;
}

function frame(axes) {
  const parts = svg("g");
  for (const [at, text] of axisTicks(axes.x)) {
    parts.append(svg("line", { x1: px(at), x2: px(at), y1: py(0), y2: py(1) }));
    parts.append(svg("text", { x: px(at), y: SPACE.bottom + 18, "text-anchor": "middle" }, text));
  }
  for (const [at, text] of axisTicks(axes.y)) {
    parts.append(svg("line", { x1: px(0), x2: px(1), y1: py(at), y2: py(at) }));
    parts.append(svg("text", { x: SPACE.left - 8, y: py(at) + 4, "text-anchor": "end" }, text));
  }
  const middle = (SPACE.top + SPACE.bottom) / 2;
  const across = { x: (SPACE.left + SPACE.right) / 2, y: SPACE.height - 10, "text-anchor": "middle", class: "pn-axis" };
  const up = { x: 0, y: 0, transform: `translate(15 ${middle}) rotate(-90)`, "text-anchor": "middle", class: "pn-axis" };
  parts.append(svg("text", across, `${axes.x.title} · less is better`), svg("text", up, `${axes.y.title} · more is better`));
  return parts;
}

function mark(kind, [x, y]) {
  const [at, up] = [px(x), py(y)];
  if (kind === "chosen") {
    return svg("path", { class: "pn-dot-chosen", d: `M${at} ${up - 9}l9 9l-9 9l-9 -9Z` });
  }
  return svg("circle", { class: `pn-dot-${kind}`, cx: at, cy: up, r: kind === "front" ? 6 : 4.5 });
}

function makePlot(model, root) {
  const plot = svg("svg", { viewBox: `0 0 ${SPACE.width} ${SPACE.height}`, tabindex: 0, role: "application" });
  const told = document.createElement("p");
  told.className = "pn-note pn-points-told";
  told.setAttribute("aria-live", "polite");
  root.append(plot, told);
  const state = { current: null, dragged: null, frame: 0 };

  function words(i) {
    const [x, y] = model.get("points")[i];
    const axes = model.get("axes");
    const place = `${axes.x.title} ${figure(axisValue(axes.x, x))}, ${axes.y.title} ${figure(axisValue(axes.y, y))}`;
    const beaten = model.get("beaten")[i] ?? 0;
    const others = `${beaten} other${beaten === 1 ? "" : "s"}`;
    const role = model.get("chosen").includes(i) ? "chosen" : "on the front";
    const alone = (100 * (model.get("alone")[i] ?? 0)).toFixed(1);
    return beaten ? `${place}: dominated by ${others}.` : `${place}: ${role}. Only this point dominates ${alone} % of the box.`;
  }

  function draw() {
    const points = model.get("points");
    const [front, chosen] = [model.get("front"), model.get("chosen")].map((list) => list.filter((i) => i < points.length));
    if (state.current !== null && state.current >= points.length) state.current = null;
    plot.replaceChildren(frame(model.get("axes")));
    plot.append(svg("path", { class: "pn-area-front", d: steps(front.map((i) => points[i])) }));
    plot.append(svg("path", { class: "pn-area-chosen", d: steps(chosen.map((i) => points[i])) }));
    const here = state.current === null ? null : points[state.current];
    if (here) {
      const [x, y] = here;
      const box = { x: px(x), y: py(y), width: px(1) - px(x), height: py(0) - py(y) };
      plot.append(svg("rect", { class: "pn-own", ...box }), svg("circle", { class: "pn-ring", cx: px(x), cy: py(y), r: 14 }));
    }
    points.forEach((point, i) => {
      plot.append(mark(chosen.includes(i) ? "chosen" : front.includes(i) ? "front" : "beaten", point));
    });
    plot.append(svg("path", { class: "pn-corner", d: `M${px(1) - 7} ${py(0)}h14M${px(1)} ${py(0) - 7}v14` }));
    const count = `${points.length} points, ${front.length} on the front`;
    plot.setAttribute("aria-label", `${count}. Page up and down choose a point, arrows move it, Delete removes it, Insert adds one.`);
    const text = here ? words(state.current) : points.length ? `${count}.` : "No point yet: click into the box.";
    if (told.textContent !== text) told.textContent = text;
    root.dataset.front = front.length;
  }

  function place(event) {
    const box = plot.getBoundingClientRect();
    const scale = SPACE.width / box.width;
    const [x, y] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    return [x, y];
  }

  const shares = ([x, y]) => [
    inside((x - SPACE.left) / (SPACE.right - SPACE.left)),
    inside((SPACE.bottom - y) / (SPACE.bottom - SPACE.top)),
  ];

  function nearest([x, y]) {
    let best = null;
    let reach = REACH;
    model.get("points").forEach(([a, b], i) => {
      const far = Math.hypot(px(a) - x, py(b) - y);
      if (far < reach) [best, reach] = [i, far];
    });
    return best;
  }

  // Many moves of a drag become one message a frame; what follows from the points is computed by the kernel.
  function store(points) {
    model.set("points", points);
    draw();
    if (state.frame) return;
    state.frame = requestAnimationFrame(() => {
      state.frame = 0;
      model.save_changes();
    });
  }

  const moved = (i, point) => model.get("points").map((old, j) => (j === i ? point : old));

  function add(point) {
    const points = model.get("points");
    if (points.length >= model.get("most")) {
      told.textContent = `There is room for ${model.get("most")} points: remove one first.`;
      return false;
    }
    state.current = points.length;
    store([...points, point]);
    return true;
  }

  function remove(i) {
    state.current = null;
    state.dragged = null;
    store(model.get("points").filter((_, j) => j !== i));
  }

  function press(event) {
    if (event.button) return;
    const at = place(event);
    const found = nearest(at);
    plot.focus({ preventScroll: true });
    if (found === null && !add(shares(at))) return;
    if (found !== null) state.current = found;
    state.dragged = state.current;
    plot.setPointerCapture(event.pointerId);
    draw();
  }

  function move(event) {
    if (state.dragged !== null) {
      store(moved(state.dragged, shares(place(event))));
      return;
    }
    const found = nearest(place(event));
    if (found === null || found === state.current) return;
    state.current = found;
    draw();
  }

  function key(event) {
    const points = model.get("points");
    const by = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key];
    const order = points.map((_, i) => i).sort((a, b) => points[a][0] - points[b][0] || a - b);
    const turn = { PageUp: 1, PageDown: -1 }[event.key];
    if (turn && order.length) {
      const now = order.indexOf(state.current);
      state.current = order[now < 0 ? 0 : (now + turn + order.length) % order.length];
      draw();
    } else if (by && state.current !== null) {
      store(moved(state.current, points[state.current].map((value, i) => inside(value + by[i]))));
    } else if ((event.key === "Delete" || event.key === "Backspace") && state.current !== null) {
      remove(state.current);
    } else if (event.key === "Insert" || event.key === "Enter") {
      add([0.5, 0.5]);
    } else {
      return;
    }
    event.preventDefault();
  }

  plot.addEventListener("pointerdown", press);
  plot.addEventListener("pointermove", move);
  plot.addEventListener("pointerup", () => (state.dragged = null));
  plot.addEventListener("pointercancel", () => (state.dragged = null));
  plot.addEventListener("dblclick", (event) => {
    const found = nearest(place(event));
    if (found !== null) remove(found);
  });
  plot.addEventListener("keydown", key);
  return draw;
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "pn-points";
  el.append(root);
  const draw = makePlot(model, root);
  const names = ["points", "axes", "front", "chosen", "alone", "beaten"];
  for (const name of names) model.on(`change:${name}`, draw);
  draw();
  return () => names.forEach((name) => model.off(`change:${name}`, draw));
}

export default { render };
