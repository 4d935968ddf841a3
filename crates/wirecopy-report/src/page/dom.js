// Builds elements from data. Text is only ever inserted as text nodes, never as markup.

const HARMFUL =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/** Replaces control characters and direction overrides by a visible character. */
const visible = (text) => String(text).replace(HARMFUL, "\ufffd");

/** Creates an element with properties and children; strings become text nodes. */
function el(name, properties, ...children) {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  fill(node, properties);
  add(node, children);
  return node;
}

function fill(node, properties) {
  for (const [key, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "value") node.value = value;
    else node.setAttribute(key, value === true ? "" : visible(value));
  }
}

function add(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(visible(child)));
  }
}

/** Creates an SVG element. */
function draw(tag, properties, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  fill(node, properties);
  add(node, children);
  return node;
}

/** Creates an element for text of a document, whose direction is detected. */
const own = (name, text, properties) => el(name, { dir: "auto", ...properties }, text);

const number = (n) => Number(n).toLocaleString("en");
const count = (n, one, many) => `${number(n)} ${n === 1 ? one : many}`;
const two = (score) => score.toFixed(2);
const signed = (value) => (value < -0.005 ? `−${(-value).toFixed(2)}` : `+${Math.abs(value).toFixed(2)}`);

function percent(share) {
  const value = 100 * share;
  if (value > 0 && value < 1) return "under 1 %";
  return `${value < 100 ? Math.min(99, Math.round(value)) : 100} %`;
}

/** Formats how much later one date is, as `+ 3 hours`, or in days if one has no time of day. */
function later(from, to) {
  if (from.time === undefined || to.time === undefined) return "";
  const s = to.time - from.time;
  const of = (n, one) => `+ ${number(n)} ${one}${n === 1 ? "" : "s"}`;
  const exact = [from, to].every((entry) => entry.date.includes(":"));
  if (s <= 0 || (!exact && s < 86400)) return "";
  if (exact && s < 3600) return of(Math.ceil(s / 60), "minute");
  return exact && s < 172800 ? of(Math.round(s / 3600), "hour") : of(Math.round(s / 86400), "day");
}

/** Formats a date for reading, with the precision that it has. */
function when(entry) {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(.*)$/.exec(entry.date || "");
  return parts ? [parts[1], parts[2], parts[3] === "Z" ? "UTC" : parts[3]].join(" ").trim() : entry.date;
}

const RELATIONS = ["identical", "copy", "excerpt", "version", "rewrite", "partial"];

/** Creates the label of a relation, −1 for none. */
function chip(relation, score) {
  const name = relation < 0 ? "none" : RELATIONS[relation];
  const label = relation < 0 ? "no edge" : name;
  return el(`span.chip.${name}`, null, score === undefined ? label : `${label} ${two(score)}`);
}
