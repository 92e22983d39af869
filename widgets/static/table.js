// The candidates on the page. One row of `table` is a candidate: its number, whether it is feasible, the place of its
// group, then one figure per axis in the order of the `axes` trait. All of them are here, so another axis needs no kernel.

const FIXED = 3; // columns before the axes

function floats(view) {
  return new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

// The candidates on this page, kept in step with the kernel's by messages: `extend` carries only what is new, and
// whoever is missing something asks for everything. While the past is replayed, only the first `until` of them are there.
function makeTable(model, changed) {
  let data = new Float32Array(0);
  let words = [];
  let curve = new Float32Array(0); // candidate and hypervolume in turns
  let epoch = -1;
  let asked = 0;
  const width = () => FIXED + model.get("axes").length;
  const total = () => words.length;
  const count = () => (model.get("replaying") ? Math.min(total(), Math.max(0, model.get("until"))) : total());
  const ask = () => {
    if (Date.now() - asked < 1000) return;
    asked = Date.now();
    model.send({ type: "resync" });
  };
  const receive = (message, buffers) => {
    if (message.type === "full") {
      [data, words, epoch, asked] = [floats(buffers[0]), message.words, message.epoch, 0];
      curve = new Float32Array(0); // it follows
    } else if (message.type === "extend") {
      if (message.epoch !== epoch || message.from > total()) return ask();
      if (message.from < total()) return undefined; // already here, by a full answer to another view
      const added = floats(buffers[0]);
      const joined = new Float32Array(data.length + added.length);
      joined.set(data);
      joined.set(added, data.length);
      [data, words] = [joined, words.concat(message.words)];
    } else if (message.type === "cells") {
      if (message.epoch !== epoch) return ask();
      const [values, at] = [floats(buffers[0]), new Uint32Array(floats(buffers[1]).buffer)];
      if (at[at.length - 1] >= total()) return ask();
      at.forEach((row, i) => (data[row * width() + message.index] = values[i]));
    } else if (message.type === "curve") {
      if (message.epoch !== epoch || 2 * message.from > curve.length) return ask();
      const added = floats(buffers[0]);
      const joined = new Float32Array(2 * message.from + added.length);
      joined.set(curve.subarray(0, 2 * message.from));
      joined.set(added, 2 * message.from);
      curve = joined;
    } else return undefined;
    return changed();
  };
  model.on("msg:custom", receive);
  ask();
  const value = (row, index) => data[row * width() + index];
  const whole = (index) => Array.from({ length: total() }, (_, row) => value(row, index));
  const any = (index) => {
    for (let row = 0; row < total(); row += 1) if (Number.isFinite(value(row, index))) return true;
    return false;
  };
  return {
    count,
    total,
    any,
    close: () => model.off("msg:custom", receive),
    epoch: () => epoch,
    // Candidate and hypervolume after it, in turns.
    curve: () => (count() < total() ? curve.filter((_, i) => curve[i - (i % 2)] < count()) : curve),
    volume: () => curve.at(-1), // at the end
    words: (row) => words[row],
    value,
    whole, // what is to come included: scales follow it, so that a replay does not move them
    column: (index) => Array.from({ length: count() }, (_, row) => value(row, index)),
    // Whether the page has anything to show of an axis now; what was trained came after the search that is replayed.
    knows: (axis, index) => !axis.missing || (any(index) && !(axis.key === "accuracy" && model.get("replaying"))),
    rowOf: (number) => {
      for (let row = 0; row < count(); row += 1) if (value(row, 0) === number) return row;
      return -1;
    },
  };
}
