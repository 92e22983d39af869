// Puts a text into the clipboard; whether the browser let it.

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text); // only on https and localhost
    return true;
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    field.style.position = "fixed";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

