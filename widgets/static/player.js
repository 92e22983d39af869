// The replay of a search: a slider over its candidates, play and pause, and how fast.

const WHOLE_SECONDS = 20; // that a whole search takes at speed 1
const TELL_MS = 250; // between two words to the kernel while it plays
const LOOKING_BACK = "You are looking at the past: picking is off.";
const CALM_STEPS = 20; // pictures of a whole search for whoever asked for less motion, one a second

function makePlayer({ model, root, table, live, redraw }) {
  const bar = element("div", "pn-player", { role: "group", "aria-label": "Replay of the search" });
  const what = element("b", "pn-player-what");
  const play = element("button", "pn-toggle", { type: "button", "data-play": "" });
  const slider = element("input", "pn-player-at", { type: "range", min: "0", step: "1", "aria-label": "Candidates tried so far" });
  const at = element("output", "pn-player-count");
  const speed = element("select", "pn-select", { "aria-label": "Speed" });
  const back = element("button", "pn-toggle", { type: "button", "data-present": "" });
  const note = element("p", "pn-player-note", { role: "note" });
  for (const times of [0.5, 1, 2, 5]) speed.append(new Option(`${times}×`, times, times === 1, times === 1));
  what.textContent = "Replay";
  back.textContent = "Back to now";
  back.title = "Show all that was found";
  bar.append(what, play, slider, at, speed, back);
  let frame = 0;
  let before = 0; // when the last picture was shown
  let place = 0; // where the search is, with the part of a candidate that is still to come
  let told = 0;

  const total = () => table.total();
  function go(to, tell) {
    place = Math.max(0, Math.min(total(), to));
    model.set("until", Math.floor(place));
    if (tell || performance.now() - told > TELL_MS) {
      told = performance.now();
      model.save_changes();
    }
    redraw();
  }

  function stop(said = true) {
    model.set("playing", false);
    model.save_changes();
    if (said) say();
  }

  // The model is shown by several views; only the one on screen moves it on.
  function tick(now) {
    frame = 0;
    if (!model.get("playing") || !root.clientWidth) return;
    const pace = total() / WHOLE_SECONDS;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const gone = (now - before) / 1000;
    if (!still || gone >= 1 / Number(speed.value)) {
      before = now;
      go(still ? place + total() / CALM_STEPS : place + Math.min(gone, 1) * pace * Number(speed.value), false);
    }
    if (place >= total()) return stop();
    frame = requestAnimationFrame(tick);
  }

  function start() {
    if (frame || !model.get("playing") || !root.clientWidth) return;
    place = Math.max(0, model.get("until"));
    before = performance.now();
    frame = requestAnimationFrame(tick);
  }

  const words = () => `${figure(Math.max(0, model.get("until")))} of ${figure(total())}`;
  const say = () => {
    live.textContent = `Replay: ${words()} candidates tried.`;
  };

  play.onclick = () => {
    const playing = !model.get("playing");
    if (!playing) return stop();
    if (model.get("until") >= total()) model.set("until", 0);
    model.set("playing", true);
    model.save_changes();
    return start();
  };
  slider.oninput = () => {
    if (model.get("playing")) stop(false);
    go(Number(slider.value), false);
  };
  slider.onchange = () => go(Number(slider.value), true);
  back.onclick = () => {
    for (const [name, value] of [["playing", false], ["replaying", false], ["until", -1]]) model.set(name, value);
    model.save_changes();
    live.textContent = "Back to now: all candidates are shown.";
  };

  function draw() {
    const past = model.get("replaying");
    const locked = model.get("locked");
    bar.hidden = !past;
    note.hidden = !past && !locked;
    const ended = model.get("until") >= total();
    const said = ended ? "This is the end of the search: picking is off until you go back to now." : LOOKING_BACK;
    note.textContent = past ? said : locked;
    root.classList.toggle("pn-past", past);
    root.dataset.until = past ? table.count() : "";
    if (!past) return;
    play.textContent = model.get("playing") ? "❚❚ Pause" : ended ? "↺ Again" : "▶ Play";
    slider.max = total();
    slider.value = model.get("until");
    slider.setAttribute("aria-valuetext", `${words()} candidates`);
    at.textContent = words();
    start();
  }

  // Why nothing can be picked now; empty where it can.
  const refusal = () => (model.get("replaying") ? "Picking is off while you look at the past." : model.get("locked"));
  return { bar, note, draw, refusal, close: () => cancelAnimationFrame(frame) };
}
