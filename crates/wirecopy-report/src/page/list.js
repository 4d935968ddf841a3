// The start view: the results of the run and the list of clusters. Only one page of the list is rendered at a time.

const PAGE = 50;
const SORTS = {
  size: ["largest first", (x, y) => y.size - x.size],
  newest: ["newest first", (x, y) => (y.last || "").localeCompare(x.last || "")],
  oldest: ["oldest first", (x, y) => (x.first || "9").localeCompare(y.first || "9")],
  weakest: ["least certain first", (x, y) => x.weakest - y.weakest],
  title: ["by title", (x, y) => x.title.localeCompare(y.title)],
};
const filters = { text: "", source: "", agency: "", relation: "", size: 2, from: "", to: "", sort: "size", page: 0 };

/** Returns the display name of a document. */
const nameOf = (entry) => entry.title || entry.opening || entry.id;

/** Computes what the list needs of a cluster. */
function summarise(cluster, at) {
  const members = cluster.members.map((member) => data.documents[member]);
  const days = members.map((member) => member.day).filter(Boolean).sort();
  const all = (field) => [...new Set(members.flatMap((member) => member[field] || []))];
  const [sources, agencies] = [all("source"), all("credits")];
  const title = cluster.title || members.map((member) => member.title).find(Boolean) || nameOf(members[0]);
  const scores = cluster.standing.slice(1).map(([, score]) => score);
  return {
    ...cluster,
    at,
    title,
    sources,
    agencies,
    size: members.length,
    first: days[0],
    last: days[days.length - 1],
    weakest: scores.length ? Math.min(...scores) : 1,
    haystack: [title, ...members.flatMap((m) => [nameOf(m), m.id]), ...sources, ...agencies]
      .filter(Boolean)
      .join("\n")
      .toLowerCase(),
  };
}

function chosen() {
  const words = filters.text.toLowerCase().split(/\s+/).filter(Boolean);
  const bit = filters.relation === "" ? 0 : 1 << Number(filters.relation);
  return clusters
    .filter(
      (cluster) =>
        cluster.size >= filters.size &&
        (!bit || cluster.relations & bit) &&
        (!filters.source || cluster.sources.includes(filters.source)) &&
        (!filters.agency ||
          (filters.agency === NOBODY ? !cluster.agencies.length : cluster.agencies.includes(filters.agency))) &&
        (!filters.from || (cluster.last && cluster.last >= filters.from)) &&
        (!filters.to || (cluster.first && cluster.first <= filters.to)) &&
        words.every((word) => cluster.haystack.includes(word)),
    )
    .sort((x, y) => SORTS[filters.sort][1](x, y) || x.at - y.at);
}

const NOBODY = "\u0000";

function overviewView() {
  const o = data.overview;
  const fact = (n, name, note) =>
    el("div.fact", null, el("strong", null, number(n)), el("span", null, name), note && el("small", null, note));
  const share = o.documents ? percent(o.copies / o.documents) : "0 %";
  const pairs = RELATIONS.map((_, at) =>
    o.pairs[at] ? [chip(at), ` ${number(o.pairs[at])} `] : null,
  );
  return el(
    "main",
    null,
    warnings(),
    el(
      "section.facts",
      { "aria-label": "Figures" },
      fact(o.documents, "documents"),
      fact(o.stories, "distinct stories"),
      fact(o.copies, "copies", `${share} of the documents`),
      fact(o.clusters, "clusters", `${number(o.clustered)} documents in them`),
      fact(o.agencies.length, "agencies credited"),
      fact(o.skipped, "inputs skipped"),
    ),
    el("p.pairs", null, "Pairs: ", pairs.some(Boolean) ? pairs : "none"),
    el("section.charts", null, sizesChart(o), timelineChart(o), sourcesTable(o), agenciesTable(o)),
    skippedList(o),
    el("section.list", { "aria-label": "Clusters" }, el("h2", null, "Clusters"), controls(), el("div", { id: "rows" })),
  );
}

function warnings() {
  const all = [];
  if (data.missing) all.push(`${count(data.missing, "document is", "documents are")} shown without text, because the files could not be read again.`);
  if (data.changed) all.push(`${count(data.changed, "text has", "texts have")} changed since the run (marked).`);
  return all.length ? el("p.warning", { role: "note" }, all.join(" ")) : null;
}

function panel(title, ...children) {
  return el("section.panel", null, el("h2", null, title), children);
}

function sizesChart(o) {
  if (!o.sizes.length) return null;
  const title = "Clusters by number of documents";
  return panel(title, columns(sizeColumns(o.sizes), { title, unit: "clusters" }));
}

function timelineChart(o) {
  if (!o.timeline.length) return null;
  const title = `Documents by ${o.column}`;
  const cut = { day: 10, month: 7, year: 4 }[o.column];
  const rows = o.timeline.map(([label, all, inside]) => [label.slice(0, cut), all, inside]);
  const onpick = (label) => {
    filters.from = { day: label, month: `${label}-01`, year: `${label}-01-01` }[o.column];
    filters.to = { day: label, month: `${label}-31`, year: `${label}-12-31` }[o.column];
    restart();
  };
  return panel(
    title,
    columns(rows, { title, unit: "documents", onpick }),
    el("p.note", null, el("span.key.whole"), " all ", el("span.key.part"), " in clusters. Click a column to filter by date."),
  );
}

function sourcesTable(o) {
  if (!o.sources.length) return null;
  const most = Math.max(...o.sources.map((row) => row[1]));
  const rows = o.sources.map(([name, all, inside, first]) => [
    filterButton(name, "source", name),
    el("span", null, number(all), bar(all / most, "whole")),
    percent(inside / all),
    number(first),
  ]);
  const note = o.more_sources ? `${number(o.more_sources)} more sources are not listed.` : null;
  return panel("Reuse by source", table(["source", "documents", "in clusters", "first"], rows, 8), note && el("p.note", null, note));
}

function agenciesTable(o) {
  if (!o.agencies.length) return null;
  const rows = o.agencies.map(([name, all, inside]) => [
    filterButton(name, "agency", name),
    number(all),
    number(inside),
  ]);
  return panel("Agencies credited", table(["agency", "documents", "in clusters"], rows, 8));
}

function filterButton(text, field, value) {
  const onclick = () => {
    filters[field] = value;
    restart();
  };
  return own("button.link", text, { type: "button", onclick, title: `Show clusters with ${text}` });
}

/** Creates a table that shows its first rows, and the others on demand. */
function table(heads, rows, shown, kind) {
  const body = el("tbody");
  const more = (from) => {
    rows.slice(from, from + (from ? 100 : shown)).forEach((row) =>
      body.append(el("tr", null, row.map((cell, at) => el(at ? "td" : "th", at ? { "data-head": kind && at > 1 && cell && heads[at] } : { scope: "row" }, cell)))),
    );
    const left = rows.length - body.children.length;
    if (button) button.hidden = left <= 0;
    if (button && left > 0) button.textContent = `${number(left)} more`;
  };
  const button =
    rows.length > shown ? el("button.more", { type: "button", onclick: () => more(body.children.length) }) : null;
  more(0);
  return el(
    "div.scroll",
    null,
    el(kind ? `table.${kind}` : "table", null, el("thead", null, el("tr", null, heads.map((head) => el("th", { scope: "col" }, head)))), body),
    button,
  );
}

function skippedList(o) {
  if (!o.skipped) return null;
  const rows = o.skipped_inputs.map(([path, record, reason]) => [
    own("span", record === null ? path : `${path}:${record}`),
    own("span", reason),
  ]);
  const rest = o.skipped - rows.length;
  return el(
    "details.panel",
    null,
    el("summary", null, `${count(o.skipped, "input was", "inputs were")} skipped`),
    table(["input", "reason"], rows, 20),
    rest > 0 ? el("p.note", null, `${number(rest)} more are not listed here; see the run report.`) : null,
  );
}

function controls() {
  const change = (field, read = (input) => input.value) => (event) => {
    filters[field] = read(event.target);
    restart(event.target);
  };
  const label = (text, input) => el("label", null, el("span", null, text), input);
  const select = (field, options, id) =>
    el(
      "select",
      { id, onchange: change(field), disabled: options.length < 2 },
      options.map(([value, text]) => el("option", { value, selected: String(filters[field]) === String(value) }, text)),
    );
  const names = (list) => [...new Set(clusters.flatMap((cluster) => cluster[list]))].sort((x, y) => x.localeCompare(y));
  const agencies = names("agencies").map((name) => [name, name]);
  if (agencies.length) agencies.push([NOBODY, "none credited"]);
  const date = (field) => el("input", { type: "date", value: filters[field], onchange: change(field) });
  return el(
    "form.controls",
    { role: "search", onsubmit: (event) => event.preventDefault() },
    label(
      "Search",
      el("input", {
        type: "search",
        id: "search",
        dir: "auto",
        placeholder: "title, source, agency, id",
        value: filters.text,
        oninput: change("text"),
      }),
    ),
    label("Relation", select("relation", [["", "any"], ...RELATIONS.map((name, at) => [at, name])], "relation")),
    label("Source", select("source", [["", "any"], ...names("sources").map((name) => [name, name])], "source")),
    label("Agency", select("agency", [["", "any"], ...agencies], "agency")),
    label("Size", select("size", [2, 3, 4, 5, 10, 20, 50].map((n) => [n, n === 2 ? "any" : `${n} or more`]), "size")),
    label("From", date("from")),
    label("To", date("to")),
    label("Sort", select("sort", Object.entries(SORTS).map(([key, [name]]) => [key, name]), "sort")),
    el("button", { type: "button", onclick: clear }, "Clear"),
  );
}

function clear() {
  Object.assign(filters, { text: "", source: "", agency: "", relation: "", size: 2, from: "", to: "", page: 0 });
  rebuildControls();
  showRows();
}

/** Updates the list. If a control was used, the controls are not rebuilt, so that it keeps the focus. */
function restart(used) {
  filters.page = 0;
  if (!used) {
    rebuildControls();
    document.querySelector("section.list").scrollIntoView();
  }
  showRows();
}

function rebuildControls() {
  document.querySelector("form.controls").replaceWith(controls());
}

function showRows() {
  const found = chosen();
  const pages = Math.max(1, Math.ceil(found.length / PAGE));
  filters.page = Math.min(filters.page, pages - 1);
  const from = filters.page * PAGE;
  const rows = found.slice(from, from + PAGE);
  order = found.map((cluster) => cluster.name);
  const turn = (by) => () => {
    filters.page += by;
    showRows();
    document.querySelector("section.list").scrollIntoView();
  };
  const status =
    found.length === clusters.length
      ? count(found.length, "cluster", "clusters")
      : `${number(found.length)} of ${count(clusters.length, "cluster", "clusters")}`;
  document.getElementById("rows").replaceChildren(
    el("p.found", { role: "status" }, status, rows.length < found.length ? `, ${number(from + 1)} to ${number(from + rows.length)}` : ""),
    rows.length ? el("ol.rows", null, rows.map(rowOf)) : el("p.empty", null, clusters.length ? "No clusters match the filters." : "No copies were found."),
    pages > 1
      ? el(
          "nav.pager",
          { "aria-label": "Pages" },
          el("button", { type: "button", onclick: turn(-1), disabled: filters.page === 0 }, "Previous"),
          el("span", null, `Page ${number(filters.page + 1)} of ${number(pages)}`),
          el("button", { type: "button", onclick: turn(1), disabled: filters.page === pages - 1 }, "Next"),
        )
      : "",
  );
}

function rowOf(cluster) {
  const few = (names, one, many) => {
    const shown = names.slice(0, 3).map((name, at) => [at ? ", " : "", own("bdi", name)]);
    return names.length > 3 ? [shown, ` and ${number(names.length - 3)} more ${many}`] : shown;
  };
  const facts = [
    count(cluster.size, "document", "documents"),
    cluster.first && (cluster.first === cluster.last ? cluster.first : `${cluster.first} to ${cluster.last}`),
    cluster.versions && count(cluster.versions.length, "version", "versions"),
    cluster.agencies.length ? ["credits ", few(cluster.agencies, "agency", "agencies")] : null,
    cluster.sources.length ? ["in ", few(cluster.sources, "source", "sources")] : null,
  ].filter(Boolean);
  return el(
    "li",
    null,
    el("a.title", { href: `#cluster=${cluster.name}`, dir: "auto" }, cluster.title),
    el("span.chips", null, RELATIONS.map((_, at) => (cluster.relations & (1 << at) ? chip(at) : null))),
    el("span.line", null, facts.map((fact, at) => [at ? " · " : "", fact])),
  );
}
