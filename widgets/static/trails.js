// Trained candidates on an axis of accuracy: where they were expected, where they are, and the way between.

const MOVE_MS = 900;

const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

// The accuracy that each trained row's score promised: the worst score stands for the worst accuracy found, the best for
// the best, the others lie between. Only differences between the trained ones mean anything, so one alone has none.
function expected(scores, accuracies, trained) {
  const known = trained.filter((row) => Number.isFinite(scores[row]));
  const ends = (values) => known.map((row) => values[row]).reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
  const [[lowScore, highScore], [low, high]] = [ends(scores), ends(accuracies)];
  if (!(highScore > lowScore)) return new Map();
  return new Map(known.map((row) => [row, low + ((scores[row] - lowScore) / (highScore - lowScore)) * (high - low)]));
}

// Remembers since when a row has been measured, so that it moves to its place once, before the eyes of who looks.
function makeMoves(redraw) {
  let since = null;
  const share = (row) => {
    const part = Math.min(1, (performance.now() - (since.get(row) ?? -Infinity)) / MOVE_MS);
    return 1 - (1 - part) ** 3;
  };
  // Those that were there when the page was opened, or a run was, stand still.
  const note = (rows, fresh) => {
    const first = since === null || fresh;
    const now = first || calm() ? -Infinity : performance.now();
    since = new Map(rows.map((row) => [row, (!first && since.get(row)) || now]));
    if (rows.some((row) => share(row) < 1)) redraw();
  };
  return { note, share };
}

function paintTrails(c, trails, colours) {
  for (const [from, to] of trails) {
    c.beginPath();
    c.moveTo(...from);
    c.lineTo(...to);
    Object.assign(c, { strokeStyle: colours.trained, lineWidth: 1.6 });
    c.setLineDash([3, 3]);
    c.stroke();
    c.setLineDash([]);
  }
  const starts = trails.map(([[x, y]]) => [x, y, 4]);
  stamp(c, "point", starts, { fillStyle: colours.paper, strokeStyle: colours.trained, lineWidth: 1.6 });
}
