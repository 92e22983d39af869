// The page's line to its kernel: says hello when somebody really opened it, keeps the address in step with the
// run, and says so when nobody answers any more (Voilà itself shows nothing then).

const PERIOD_MS = 2000;
const SILENCE_MS = 5000;

function banner() {
  const element = document.createElement("div");
  element.className = "pn-lost";
  element.setAttribute("role", "alert");
  element.hidden = true;
  element.innerHTML =
    "<span><b>The connection to the workbench is lost.</b> A search or training goes on by itself and nothing " +
    "of it is lost.</span> ";
  const button = document.createElement("button");
  button.textContent = "Reload and re-attach";
  button.onclick = () => location.reload();
  element.append(button);
  return element;
}

function render({ model, el }) {
  const served = document.body.dataset.voila === "voila"; // only there is the address ours to change
  const lost = banner();
  el.append(lost);
  let heard = Date.now();
  let greeted = false;
  const receive = (message) => {
    if (message.type !== "pong") return;
    heard = Date.now();
    lost.hidden = true;
  };
  const ping = () => {
    try {
      model.send({ type: greeted ? "ping" : "hello", url: location.href });
      greeted = true;
    } catch {
      heard = 0;
    }
    lost.hidden = Date.now() - heard < SILENCE_MS;
  };
  const showRun = () => {
    if (served) history.replaceState(null, "", address({ run: model.get("run"), sel: "" })); // `sel` is what was asked for
  };
  const showTheme = () => {
    const dark = document.body.dataset.jpThemeLight !== "false";
    if (served) location.assign(address({ theme: dark ? "dark" : "" }));
  };
  const command = (message) => message.type === "theme" && showTheme();
  model.on("msg:custom", receive);
  model.on("msg:custom", command);
  model.on("change:run", showRun);
  ping();
  const timer = setInterval(ping, PERIOD_MS);
  return () => {
    clearInterval(timer);
    model.off("msg:custom", receive);
    model.off("msg:custom", command);
    model.off("change:run", showRun);
  };
}

export default { render };
