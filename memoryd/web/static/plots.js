// Draws the plots of a page from the numbers that stand in it; the tables beside them say the same.
"use strict";

const inks = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const short = (number) => {
  const [size, name] = [[1e9, "G"], [1e6, "M"], [1e3, "k"]].find(([one]) => Math.abs(number) >= one) || [1, ""];
  return `${+(number / size).toFixed(1)}${name}`;
};
const dollars = (number) => `$${number.toFixed(number < 1 ? 2 : 0)}`;

const axis = (more) => ({ stroke: inks("--dim"), grid: { stroke: inks("--line"), width: 1 }, ticks: { stroke: inks("--line"), width: 1 }, font: "12px system-ui, sans-serif", ...more });

const KINDS = {
  // What was spent, a bar for each day.
  days: (rows) => ({
    data: [rows.map(([day]) => day), rows.map(([, cost]) => cost)],
    scales: { x: { time: true, range: (_, low, high) => [low - 43200, high + 43200] }, y: { range: (_, low, high) => [0, Math.max(high * 1.1, 0.01)] } },
    axes: [axis({ values: (_, all) => all.map((day) => new Date(day * 1000).toISOString().slice(5, 10)), incrs: [86400, 172800, 604800, 1209600, 2592000] }), axis({ size: 56, values: (_, all) => all.map(dollars) })],
    series: [{ label: "day", value: (_, day) => (day === null ? "–" : new Date(day * 1000).toISOString().slice(0, 10)) },
      { label: "cost", stroke: inks("--accent"), fill: inks("--accent"), paths: uPlot.paths.bars({ size: [0.7, 48] }), points: { show: false }, value: (_, cost) => (cost === null ? "–" : `$${cost.toFixed(2)}`) }],
    marks: [],
  }),
  // The context of a session, request by request; a line before each that was compacted.
  growth: ({ contexts, compacted }) => ({
    data: [contexts.map((_, place) => place + 1), contexts],
    scales: { x: { time: false }, y: { range: (_, low, high) => [0, Math.max(high * 1.05, 1)] } },
    axes: [axis({ incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000] }), axis({ size: 56, values: (_, all) => all.map(short) })],
    series: [{ label: "request" }, { label: "context", stroke: inks("--accent"), width: 1.5, fill: `${inks("--accent")}33`, points: { show: false }, value: (_, tokens) => (tokens === null ? "–" : `${short(tokens)} tokens`) }],
    marks: compacted.map((place) => place + 1),
  }),
};

function marked(places) {
  return { hooks: { draw: [(plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = inks("--bad");
    ctx.setLineDash([6, 4]);
    for (const place of places) {
      const at = Math.round(plot.valToPos(place, "x", true));
      ctx.beginPath();
      ctx.moveTo(at, bbox.top);
      ctx.lineTo(at, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  }] } };
}

function drawn(place) {
  const { data, marks, ...given } = KINDS[place.dataset.plot](JSON.parse(place.dataset.values));
  place.replaceChildren();
  const plot = new uPlot({ ...given, width: place.clientWidth, height: 220, plugins: [marked(marks)], cursor: { y: false, drag: { x: false, y: false } } }, data, place);
  place.dataset.drawn = String(data[0].length);
  return plot;
}

function drawAll() {
  for (const place of document.querySelectorAll("[data-plot]:not([data-drawn])")) {
    let plot = drawn(place);
    new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: 220 })).observe(place);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { plot.destroy(); plot = drawn(place); });
  }
}

drawAll();
document.addEventListener("htmx:afterSettle", drawAll);
