// Saves bytes that arrive over the kernel's own connection: no address on the server ever leads to a result.
function render({ model, el }) {
  const save = (message, buffers) => {
    if (message.type !== "file") return;
    const url = URL.createObjectURL(new Blob(buffers, { type: message.mime }));
    const link = document.createElement("a");
    link.href = url;
    link.download = message.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  };
  model.on("msg:custom", save);
  el.hidden = true;
  return () => model.off("msg:custom", save);
}

export default { render };
