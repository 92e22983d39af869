// Turns the one-line explanations on and off; the choice stays in this browser.
const KEPT = "pn-explain";

function render({ el }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "pn-button pn-quiet pn-explain";
  button.textContent = "Explain";
  button.title = "Show beneath each control what it is for";
  const show = (on) => {
    button.setAttribute("aria-pressed", String(on));
    document.body.classList.toggle("pn-explaining", on);
  };
  const recall = () => {
    try {
      return localStorage.getItem(KEPT) === "on";
    } catch {
      return false; // a browser that keeps nothing
    }
  };
  button.onclick = () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    show(on);
    try {
      localStorage.setItem(KEPT, on ? "on" : "off");
    } catch {
      // It holds for this page.
    }
  };
  el.append(button);
  show(recall());
}

export default { render };
