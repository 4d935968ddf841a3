// The fragment of the address selects the view, so that back, forward and bookmarks work.

const data = JSON.parse(document.getElementById("index").textContent);
const clusters = data.clusters.map(summarise);
const byName = new Map(clusters.map((cluster) => [cluster.name, cluster]));
const clusterOf = new Map(clusters.flatMap((cluster) => cluster.members.map((member) => [member, cluster])));
const byId = new Map(data.documents.map((entry, at) => [entry.id, at]));
/** Names of the clusters in the order of the list. */
let order = clusters.map((cluster) => cluster.name);
const opened = new Map();

/** Unpacks the details of a cluster from its block. */
async function detailOf(cluster) {
  if (!opened.has(cluster.block)) {
    await whole;
    const coded = document.getElementById(`block-${cluster.block}`).textContent;
    const bytes = Uint8Array.from(atob(coded), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    // A few blocks are cached, because users often go back.
    if (opened.size > 8) opened.delete(opened.keys().next().value);
    opened.set(cluster.block, JSON.parse(await new Response(stream).text()));
  }
  return opened.get(cluster.block)[cluster.name];
}

/** Resolves once the blocks at the end of the page are loaded. */
const whole = new Promise((resolve) => {
  if (document.readyState !== "loading") resolve();
  else document.addEventListener("DOMContentLoaded", resolve);
});

let where = 0;
async function route() {
  const mine = ++where;
  const hash = location.hash.slice(1);
  let view;
  let title = "wirecopy";
  try {
    if (hash.startsWith("cluster=")) {
      const cluster = byName.get(hash.slice(8));
      view = cluster ? clusterView(cluster, await detailOf(cluster)) : lost();
      title = cluster ? cluster.title : title;
    } else if (hash.startsWith("pair=")) {
      const [a, b] = hash.slice(5).split("&").map((id) => byId.get(decodeURIComponent(id)));
      const cluster = clusterOf.get(a);
      view = cluster && cluster === clusterOf.get(b) ? pairView(cluster, await detailOf(cluster), a, b) : lost();
      title = cluster ? cluster.title : title;
    } else {
      view = overviewView();
    }
  } catch (error) {
    view = el("main", null, el("p.warning", { role: "alert" }, `Cannot show this view: ${error.message}. The page needs a browser from 2023 or later.`));
  }
  // The user chose another view while this one was being unpacked.
  if (mine !== where) return;
  document.title = visible(title);
  app.replaceChildren(banner(), view, foot());
  if (document.getElementById("rows")) showRows();
  if (hash) {
    window.scrollTo(0, 0);
    view.tabIndex = -1;
    view.focus({ preventScroll: true });
  } else window.scrollTo(0, listScroll);
  app.dataset.ready = hash || "overview";
  performance.mark("shown");
}

const lost = () => el("main", null, crumbs([["All clusters", "#"]]), el("p.warning", null, "This page has no such cluster or pair."));

function banner() {
  const turnTheme = () => {
    const dark = getComputedStyle(document.documentElement).colorScheme.includes("dark");
    document.documentElement.dataset.theme = dark ? "light" : "dark";
  };
  const button = el("button", { type: "button", id: "theme", onclick: turnTheme }, "Light/dark");
  return el(
    "header",
    null,
    el("a.brand", { href: "#" }, "wirecopy"),
    el("span.line", null, data.overview.started.slice(0, 16).replace("T", " "), " UTC"),
    el("span.buttons", null, el("button", { type: "button", id: "keys", onclick: showKeys }, "Keys"), button),
  );
}

function foot() {
  const command = data.overview.command;
  return el("footer", null, `wirecopy ${data.overview.version}`, command ? [" · ", el("code", { dir: "ltr" }, command)] : "");
}

const KEYS = [
  ["/", "search"],
  ["j, k", "next or previous link in a list, table or matrix"],
  ["Enter", "open"],
  ["n, p", "next or previous cluster, pair or page of the list"],
  ["u, Esc", "up: from a pair to its cluster, from a cluster to the list"],
  ["d", "switch between dark and light"],
  ["?", "show these keys"],
];

function showKeys() {
  const known = document.querySelector("dialog");
  if (known) return known.close();
  const dialog = el(
    "dialog",
    { "aria-label": "Keys", onclose: () => dialog.remove() },
    el("h2", null, "Keys"),
    el("dl", null, KEYS.map(([key, what]) => [el("dt", null, el("kbd", null, key)), el("dd", null, what)])),
    el("form", { method: "dialog" }, el("button", { autofocus: true }, "Close")),
  );
  document.body.append(dialog);
  dialog.showModal();
}

function move(by) {
  const links = [...document.querySelectorAll(".rows a.title, main table a")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.max(0, Math.min(links.length - 1, at + by))].focus();
}

function turn(rel) {
  const link = document.querySelector(`a[rel=${rel}]`);
  if (link) location.hash = link.hash;
  else document.querySelector(`.pager button:${rel === "next" ? "last" : "first"}-of-type`)?.click();
}

const ACTIONS = {
  "/": () => (location.hash.length > 1 ? (location.hash = "") : document.getElementById("search")?.focus()),
  j: () => move(1),
  k: () => move(-1),
  n: () => turn("next"),
  p: () => turn("prev"),
  u: up,
  Escape: up,
  d: () => document.getElementById("theme").click(),
  "?": showKeys,
};

function up() {
  if (location.hash.length > 1) location.hash = [...document.querySelectorAll(".crumbs a:not([rel])")].pop().hash;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog")) return;
  if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const action = ACTIONS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

let listScroll = 0;
window.addEventListener("scroll", () => {
  if (location.hash.length <= 1 && document.getElementById("rows")) listScroll = window.scrollY;
}, { passive: true });
window.addEventListener("hashchange", route);
const app = document.getElementById("app");
route();
