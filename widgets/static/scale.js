// Scales of the front: which range is shown, where the ticks go, how a value is written.

const LOG_FROM = 30; // an axis whose values span more than this ratio is logarithmic unless told otherwise

// `padded` keeps the zeros at the end, as columns of figures want it.
function figure(value, padded = false) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-GB");
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.01 || size === 0 ? 2 : padded ? 3 : 4;
  return padded ? value.toFixed(digits) : String(Number(value.toFixed(digits)));
}

// Steps of 1, 2 or 5 times a power of ten, about `wanted` of them.
function linearTicks(low, high, wanted) {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const ticks = [];
  for (let i = Math.ceil(low / step); i * step <= high + step * 1e-9; i += 1) ticks.push(i * step);
  return ticks;
}

function logTicks(low, high, wanted) {
  const all = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
    for (const factor of [1, 2, 5]) all.push(factor * 10 ** power);
  }
  const inside = all.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
  if (inside.length < 2) return linearTicks(low, high, wanted);
  if (inside.length <= wanted + 2) return inside;
  return inside.filter((tick) => Math.abs(Math.log10(tick) % 1) < 1e-9);
}

// The range of an axis: every feasible value, the budget where it is near, and no more than a budget's worth of
// what lies beyond it (a candidate far over budget must not squeeze the others into a corner).
function makeScale(values, feasible, limit, mode) {
  const good = values.filter((value, i) => Number.isFinite(value) && feasible[i]);
  const all = values.filter(Number.isFinite);
  if (!all.length) return scaleOver(0, limit > 0 ? limit * 1.25 : 1, false);
  let low = all.reduce((a, b) => Math.min(a, b));
  let high = all.reduce((a, b) => Math.max(a, b));
  const log = mode === "log" ? low > 0 : mode === "auto" && low > 0 && high / low > LOG_FROM;
  if (limit > 0) {
    const best = good.length ? good.reduce((a, b) => Math.max(a, b)) : limit;
    const reach = Math.max(best, limit) * (log ? 6 : 1.6);
    const near = limit <= best * (log ? 10 : 2.5);
    high = Math.min(Math.max(high, near ? limit * (log ? 1.3 : 1.08) : 0), reach);
  }
  if (low > high) low = high / 2;
  return scaleOver(low, high, log);
}

function scaleOver(low, high, log) {
  if (low === high) {
    const margin = Math.abs(low) * 0.1 || 1;
    [low, high] = log ? [low / 1.5, high * 1.5] : [low - margin, high + margin];
  }
  const turn = log ? Math.log : (value) => value;
  const pad = (turn(high) - turn(low)) * 0.045;
  const from = turn(low) - pad;
  const to = turn(high) + pad;
  const back = log ? Math.exp : (value) => value;
  return {
    log,
    low: back(from),
    high: back(to),
    at: (value) => (turn(value) - from) / (to - from), // 0 at the low end, 1 at the high end
    value: (share) => back(from + share * (to - from)),
    ticks: (wanted) => (log ? logTicks : linearTicks)(back(from), back(to), wanted),
  };
}

// Rows that no other feasible row beats on both axes, in order of x. `low` says that less is better.
function frontOf(xs, ys, feasible, xLow, yLow) {
  const rows = [];
  for (let i = 0; i < xs.length; i += 1) {
    if (feasible[i] && Number.isFinite(xs[i]) && Number.isFinite(ys[i])) rows.push(i);
  }
  const x = (i) => (xLow ? xs[i] : -xs[i]);
  const y = (i) => (yLow ? ys[i] : -ys[i]);
  rows.sort((a, b) => x(a) - x(b) || y(a) - y(b));
  const kept = [];
  let best = Infinity;
  for (const row of rows) {
    if (y(row) < best) {
      best = y(row);
      kept.push(row);
    }
  }
  return kept.sort((a, b) => xs[a] - xs[b]);
}
