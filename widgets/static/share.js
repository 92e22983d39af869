// "Copy link": the page's address with the run and its picks. Needs address.js and copy.js.

const SAID_MS = 6000;

function render({ model, el }) {
  if (document.body.dataset.voila !== "voila") return undefined; // in a notebook there is no address that leads here
  const root = document.createElement("div");
  root.className = "pn-share";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "pn-button pn-quiet";
  button.textContent = "Copy link";
  button.title = "An address that opens this run with its picks";
  const said = document.createElement("p");
  said.className = "pn-share-said";
  said.setAttribute("role", "status");
  root.append(button, said);
  el.append(root);
  let timer = 0;
  const say = (text, link = "") => {
    clearTimeout(timer);
    said.replaceChildren(text);
    if (link) {
      const field = Object.assign(document.createElement("input"), { value: link, readOnly: true, ariaLabel: "Link" });
      said.append(field);
      field.select();
    } else timer = setTimeout(() => said.replaceChildren(), SAID_MS);
  };
  button.onclick = async () => {
    const picked = model.get("picked");
    const guarded = new URL(location.href).searchParams.has("token");
    const link = address({ run: model.get("run"), sel: picked.join(","), theme: "", token: "" }).href;
    root.dataset.link = link;
    const done = await copied(link);
    button.focus();
    if (!done) return say("This browser copies nothing by itself. Copy it from here: ", link);
    const what = !model.get("run") ? "to the workbench" : picked.length ? `to this run and ${picked.length} picked` : "to this run";
    return say(`Copied a link ${what}.${guarded ? " Whoever opens it needs the token too." : ""}`);
  };
  return () => clearTimeout(timer);
}

export default { render };
