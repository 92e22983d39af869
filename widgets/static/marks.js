// Colours and shapes of the marks on the chart: every kind has a colour and a shape of its own (Okabe-Ito colours).

const TONES = {
  light: { front: "#0072B2", proposed: "#008A64", picked: "#C44F00", trained: "#7A3E9D", best: "#8A6100", point: "#5B8FB5", out: "#8A8F98", over: "213,94,0" },
  dark: { front: "#56B4E9", proposed: "#2FCB9A", picked: "#FF9A4D", trained: "#D9A4F5", best: "#F0E442", point: "#7BA7C7", out: "#7C838C", over: "230,120,40" },
};

// Canvas wants plain colours; the page's variables may be mixtures of others.
function resolve(host, names) {
  const probe = document.createElement("i");
  host.append(probe);
  const colours = {};
  for (const name of names) {
    probe.style.color = `var(--pn-${name})`;
    colours[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  const dark = document.body.dataset.jpThemeLight === "false";
  return { ...colours, ...(dark ? TONES.dark : TONES.light) };
}

const SHAPES = {
  point(c, x, y, radius = 3) {
    c.moveTo(x + radius, y);
    c.arc(x, y, radius, 0, 2 * Math.PI);
  },
  out(c, x, y) {
    c.moveTo(x - 2.5, y - 2.5);
    c.lineTo(x + 2.5, y + 2.5);
    c.moveTo(x - 2.5, y + 2.5);
    c.lineTo(x + 2.5, y - 2.5);
  },
  front(c, x, y, radius = 3) {
    c.moveTo(x + radius + 1.5, y);
    c.arc(x, y, radius + 1.5, 0, 2 * Math.PI);
  },
  proposed(c, x, y) {
    c.moveTo(x, y - 7.5);
    c.lineTo(x + 7.5, y);
    c.lineTo(x, y + 7.5);
    c.lineTo(x - 7.5, y);
    c.closePath();
  },
  picked(c, x, y) {
    c.rect(x - 10, y - 10, 20, 20);
  },
  trained(c, x, y) {
    c.rect(x - 5.5, y - 5.5, 11, 11);
  },
  best(c, x, y) {
    for (let i = 0; i < 10; i += 1) {
      const [reach, turn] = [i % 2 ? 6 : 14, (Math.PI * (i - 2.5)) / 5];
      c.lineTo(x + reach * Math.cos(turn), y + reach * Math.sin(turn));
    }
    c.closePath();
  },
};

function stamp(c, shape, places, style) {
  c.beginPath();
  for (const [x, y, radius] of places) SHAPES[shape](c, x, y, radius);
  Object.assign(c, { globalAlpha: 1, lineWidth: 1.2, ...style });
  if (style.fillStyle) c.fill();
  if (style.strokeStyle) c.stroke();
  c.globalAlpha = 1;
}
