// Draws the graph of a page from the page's own JSON; a node that is clicked brings what is around it.
"use strict";

const MOST = 300;
const drawn = document.querySelector("[data-graph]");
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const json = async (address) => {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("not found");
  return answer.json();
};

const TIERS = {
  same_file: { "line-color": "--good", "line-style": "solid" }, import: { "line-color": "--accent", "line-style": "solid" },
  typed: { "line-color": "--accent", "line-style": "dashed" },
  unique: { "line-color": "--open", "line-style": "dashed" }, ambiguous: { "line-color": "--bad", "line-style": "dotted" },
};

function style() {
  const rules = [
    { selector: "node", style: {
      label: "data(label)", "font-size": 12, color: colour("--ink"), "background-color": colour("--gone"), width: "data(size)", height: "data(size)",
      "text-valign": "bottom", "text-margin-y": 3, "text-wrap": "ellipsis", "text-max-width": 200,
      "text-background-color": colour("--sheet"), "text-background-opacity": 0.8, "text-background-padding": 1 } },
    { selector: "node.in", style: { "background-color": colour("--open") } },
    { selector: "node.out", style: { "background-color": colour("--good") } },
    { selector: "node.breaks", style: { "background-color": colour("--open"), opacity: "data(shade)" } },
    { selector: "node.public", style: { "background-color": colour("--bad") } },
    { selector: "node.middle", style: { "background-color": colour("--accent"), "font-weight": 700, "font-size": 13 } },
    { selector: "edge", style: {
      width: "data(width)", "curve-style": "bezier", "target-arrow-shape": "triangle", "arrow-scale": 0.7, opacity: 0.75,
      "line-color": colour("--dim"), "target-arrow-color": colour("--dim") } },
  ];
  for (const [tier, one] of Object.entries(TIERS)) {
    const shade = colour(one["line-color"]);
    rules.push({ selector: `edge.${tier}`, style: { "line-color": shade, "target-arrow-color": shade, "line-style": one["line-style"] } });
  }
  return rules;
}

function ofAreas({ areas: { areas, uses } }) {
  const most = Math.max(1, ...areas.map((one) => one.units));
  const heaviest = Math.max(1, ...uses.map((one) => one.weight));
  return [
    ...areas.map((one) => ({ data: { id: `/${one.path}`, label: one.path.split("/").slice(-2).join("/") || ".", size: 10 + 26 * Math.sqrt(one.units / most) }, classes: "out" })),
    ...uses.slice(0, 70).map((one) => ({ data: {
      id: `${one.source}>${one.target}`, source: `/${one.source}`, target: `/${one.target}`, width: 1 + 5 * Math.sqrt(one.weight / heaviest) } })),
  ];
}

function ofNeighbourhood({ middle, nodes, links }) {
  return [
    ...nodes.map((one) => ({ data: { id: one.id, label: one.label, size: one.id === middle ? 26 : 14 }, classes: one.side })),
    ...links.map((one) => ({ data: { id: `${one.source}>${one.target}>${one.kind}`, source: one.source, target: one.target, width: 2 }, classes: one.tier })),
  ];
}

// What may break stands in columns left of what changes, a column for each step; the fainter, the less likely.
function ofImpact({ target, steps }) {
  const all = steps.flatMap(({ distance, effects }) => effects.map((one) => ({ ...one, distance }))).slice(0, MOST - 1);
  const known = new Set([target, ...all.map((one) => one.id)]);
  const name = (id) => id.split("#")[1] || id.split("/").pop();
  return [
    { data: { id: target, label: name(target), size: 26, distance: 0, shade: 1 }, classes: "middle" },
    ...all.map((one) => ({ data: { id: one.id, label: name(one.id), size: 14, distance: one.distance, shade: 0.35 + 0.65 * one.probability }, classes: `breaks${one.marks.includes("public") ? " public" : ""}` })),
    ...all.map((one) => ({ data: { id: `${one.id}>${one.to}`, source: one.id, target: known.has(one.to) ? one.to : target, width: 2 }, classes: one.tier })),
  ];
}

function levels(graph) {
  const places = new Map([[graph.$("node.middle").id(), { x: 0, y: 0 }]]);
  const rows = Math.max(10, Math.ceil(Math.sqrt(graph.nodes().length) * 1.8));
  let column = 0;
  for (let distance = 1; ; distance += 1) {
    const some = graph.nodes(`.breaks[distance = ${distance}]`);
    if (!some.length) break;
    some.forEach((node, number) => {
      const height = Math.min(rows, some.length - Math.floor(number / rows) * rows);
      places.set(node.id(), { x: -COLUMN * (column + 1 + Math.floor(number / rows)), y: ROW * ((number % rows) - (height - 1) / 2) });
    });
    column += Math.ceil(some.length / rows);
  }
  return { name: "preset", positions: (node) => places.get(node.id()) || { x: 0, y: 0 }, padding: 30 };
}

// What uses the middle stands left of it, what it uses right, in columns: labels stay readable, and nothing moves by chance.
const ROW = 36, COLUMN = 250;
function columns(graph) {
  const rows = Math.max(8, Math.ceil(Math.sqrt(graph.nodes().length) * 1.6));
  const places = new Map();
  for (const [side, sign] of [["in", -1], ["out", 1]]) {
    graph.nodes(`.${side}`).forEach((node, number) => {
      const column = Math.floor(number / rows), inColumn = Math.min(rows, graph.nodes(`.${side}`).length - column * rows);
      places.set(node.id(), { x: sign * COLUMN * (column + 1), y: ROW * ((number % rows) - (inColumn - 1) / 2) });
    });
  }
  return { name: "preset", positions: (node) => places.get(node.id()) || { x: 0, y: 0 }, padding: 30 };
}
// Areas stand in a ring as wide as the page, so that their names have room.
function ring(graph) {
  const all = graph.nodes(), step = (2 * Math.PI) / all.length;
  const wide = 0.42 * drawn.clientWidth, high = 0.4 * drawn.clientHeight;
  const places = new Map(all.map((node, number) => [node.id(), { x: wide * Math.sin(number * step), y: -high * Math.cos(number * step) }]));
  return { name: "preset", positions: (node) => places.get(node.id()), padding: 24 };
}
const SPREAD = { name: "cose", animate: false, randomize: false, nodeRepulsion: 40000, idealEdgeLength: 110, padding: 30, nodeDimensionsIncludeLabels: true };

async function draw() {
  const isArea = drawn.dataset.graph === "areas";
  const [elements, placed] = { areas: [ofAreas, ring], around: [ofNeighbourhood, columns], impact: [ofImpact, levels] }[drawn.dataset.graph];
  const graph = cytoscape({ container: drawn, elements: elements(await json(location.href)), style: style(), minZoom: 0.2, maxZoom: 2.5 });
  graph.layout(placed(graph)).run();
  const middle = graph.$("node.middle");
  if (!isArea && graph.zoom() < 0.55) {
    graph.zoom(0.75);
    graph.center(middle);
    if (drawn.dataset.graph === "impact") graph.panBy({ x: drawn.clientWidth / 2 - 90, y: 0 });
  }
  drawn.dataset.drawn = String(graph.nodes().length);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => graph.style(style()));
  if (isArea) return;
  const around = (id) => { const to = new URL(drawn.dataset.more, location.href); to.searchParams.set("id", id); return to; };
  graph.on("dbltap", "node", (event) => { location.href = around(event.target.id()); });
  if (drawn.dataset.graph === "impact") return;
  graph.on("tap", "node", async (event) => {
    const node = event.target;
    if (node.hasClass("middle") || node.scratch("asked")) return;
    node.scratch("asked", true);
    const found = ofNeighbourhood(await json(around(node.id())));
    const there = new Set(graph.elements().map((one) => one.id()));
    const room = MOST - graph.nodes().length;
    const fresh = found.filter((one) => !one.data.source && !there.has(one.data.id)).slice(0, Math.max(0, room));
    for (const one of fresh) { there.add(one.data.id); one.position = near(node.position()); }
    const links = found.filter((one) => one.data.source && !there.has(one.data.id) && there.has(one.data.source) && there.has(one.data.target));
    graph.add([...fresh, ...links]);
    graph.layout(SPREAD).run();
    drawn.dataset.drawn = String(graph.nodes().length);
    const left = room <= fresh.length ? ", and no more fit" : "";
    document.getElementById("said").textContent = `${fresh.length} more around ${node.data("label")}${left}`;
  });
}

const near = ({ x, y }) => ({ x: x + 80 * (Math.random() - 0.5), y: y + 80 * (Math.random() - 0.5) });

if (drawn) draw().catch(() => { drawn.textContent = "The graph cannot be drawn; the lists say the same."; });
