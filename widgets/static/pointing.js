// Pointing at candidates and picking them: mouse, pen, finger and keyboard.

function inside([px, py], polygon) {
  let odd = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i, i += 1) {
    const [[xi, yi], [xj, yj]] = [polygon[i], polygon[j]];
    if (yi > py !== yj > py && px < ((xj - xi) * (py - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

// `at` has the view, the row pointed at and the lasso being drawn.
function listen({ canvas, at, model, table, live, redraw, pick, showTip, say }) {
  // The marked candidates come first: they are what one aims at where points lie close together.
  function nearest([x, y], reach = 12) {
    const { view } = at;
    if (!view) return -1;
    const distance = (row) => Math.hypot(view.place(row)[0] - x, view.place(row)[1] - y);
    const closest = (rows) =>
      rows.reduce((best, row) => (distance(row) < (best < 0 ? reach : distance(best)) ? row : best), -1);
    const marked = closest(view.walk);
    return marked >= 0 ? marked : closest(view.rows);
  }

  canvas.addEventListener("pointermove", (event) => {
    if (!at.drag) return showTip(nearest(whereOn(canvas, event)));
    at.drag.path.push(whereOn(canvas, event));
    return redraw();
  });
  canvas.addEventListener("pointerleave", () => at.drag || showTip(-1));
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    at.drag = { path: [whereOn(canvas, event)] };
  });
  canvas.addEventListener("pointercancel", () => {
    at.drag = null;
    redraw();
  });
  canvas.addEventListener("pointerup", (event) => {
    const path = at.drag?.path ?? [];
    const end = whereOn(canvas, event);
    at.drag = null;
    const { view } = at;
    const far = path.some(([x, y]) => Math.hypot(x - end[0], y - end[1]) > 12);
    if (far && view) {
      pick(view.rows.filter((row) => table.value(row, 1) && inside(view.place(row), path)), true);
    } else {
      const row = nearest(end);
      if (row >= 0) pick([row], false);
      redraw();
    }
  });
  canvas.addEventListener("keydown", (event) => {
    const { view, cursor } = at;
    if (!view) return;
    const here = view.walk.indexOf(cursor);
    const last = view.walk.length - 1;
    const step = { ArrowRight: here + 1, ArrowUp: here + 1, ArrowLeft: here - 1, ArrowDown: here - 1, Home: 0, End: last };
    if (event.key in step && view.walk.length) {
      const row = view.walk[Math.max(0, Math.min(last, step[event.key]))];
      showTip(row);
      say(row);
    } else if ((event.key === "Enter" || event.key === " ") && cursor >= 0) {
      pick([cursor], false);
      showTip(cursor);
      say(cursor);
    } else if (event.key === "Escape" && (model.get("replaying") || model.get("locked"))) {
      showTip(-1);
    } else if (event.key === "Escape") {
      model.set("picked", []);
      model.save_changes();
      showTip(-1);
      live.textContent = "Nothing is picked.";
    } else return;
    event.preventDefault();
  });
  canvas.addEventListener("blur", () => showTip(-1));
}
