// The views of a cluster and of a pair.

const MATRIX = 40;
const MEMBERS = 100;

function clusterView(cluster, detail) {
  const inTime = [...cluster.members].sort(
    (x, y) => (data.documents[x].time ?? Infinity) - (data.documents[y].time ?? Infinity),
  );
  const facts = [
    count(cluster.size, "document", "documents"),
    cluster.first && (cluster.first === cluster.last ? cluster.first : `${cluster.first} to ${cluster.last}`),
    cluster.versions && count(cluster.versions.length, "version", "versions"),
    cluster.sources.length > 0 && count(cluster.sources.length, "source", "sources"),
  ].filter(Boolean);
  return el(
    "main",
    null,
    crumbs([["All clusters", "#"]], neighbours(cluster)),
    own("h1", cluster.title),
    el("p.line", null, facts.join(" · ")),
    versionsList(cluster),
    el("section", null, el("h2", null, "Documents by date"), membersTable(cluster, inTime, detail)),
    credits(cluster, inTime),
    el("section", null, el("h2", null, "Pair scores"), matrix(cluster, inTime, detail)),
  );
}

/** Lists the versions of a running story in order, with what each changes and who prints it. */
function versionsList(cluster) {
  if (!cluster.versions) return null;
  const sample = (name, sign, text) => text && own(`p.${name}`, `${sign} ${text}`);
  const item = (version) => {
    const facts = [
      version.date && when(version),
      version.words && `${number(version.words[0])} words added, ${number(version.words[1])} dropped`,
      count(version.members.length, "document", "documents"),
    ].filter(Boolean);
    const outlets = version.outlets.map((outlet, at) => [at ? ", " : "", own("bdi", outlet)]);
    return el(
      "li",
      null,
      el("span.line", null, facts.map((fact, at) => [at ? " · " : "", fact]), outlets.length ? " · " : "", outlets),
      sample("added", "+", version.samples[0]),
      sample("dropped", "−", version.samples[1]),
    );
  };
  const note = "Ordered by content, headlines and dates, earliest first. A document may print an old version late.";
  return el("section", null, el("h2", null, "Versions"), el("ol.versions", null, cluster.versions.map(item)), el("p.note", null, note));
}

function earliestTag(cluster) {
  const why = "Dates and versions do not decide. A date with a time is preferred, then an agency credit, then the order of reading.";
  return cluster.guess ? el("span.tag", { title: why }, "earliest (a guess)") : el("span.tag", null, "earliest");
}

/** Returns the number of the version that a document prints, 0 if it prints none. */
const versionOf = (cluster, member) => 1 + (cluster.versions || []).findIndex((version) => version.members.includes(member));

function crumbs(links, steps) {
  return el(
    "nav.crumbs",
    { "aria-label": "Breadcrumb" },
    el("span", null, links.map(([text, href], at) => [at ? " › " : "", own("a", text, { href })])),
    el("span.steps", null, steps),
  );
}

/** Links to the previous and next cluster of the filtered list. */
function neighbours(cluster) {
  const at = order.indexOf(cluster.name);
  const step = (to, text, rel) =>
    order[to] === undefined || at < 0 ? null : el("a", { href: `#cluster=${order[to]}`, rel }, text);
  return [step(at - 1, "‹ Previous", "prev"), " ", step(at + 1, "Next ›", "next")];
}

function membersTable(cluster, inTime, detail) {
  const first = data.documents[inTime[0]];
  const rows = inTime.map((member, at) => {
    const d = data.documents[member];
    const [relation, score] = cluster.standing[cluster.members.indexOf(member)];
    const representative = member === cluster.members[0];
    const gone = !detail.texts[member];
    const notes = [
      representative && el("span.tag", null, "representative"),
      member === cluster.earliest && earliestTag(cluster),
      versionOf(cluster, member) > 0 && el("span.tag", null, `version ${versionOf(cluster, member)}`),
      d.warning && el("span.tag.bad", null, d.warning),
      (cluster.uncredited || []).includes(member) && el("span.tag", null, "no credit"),
      gone && el("span.tag.bad", null, "text missing"),
      !gone && detail.texts[member].changed && el("span.tag.bad", null, "text changed"),
    ];
    const after = later(first, d);
    return [
      [el("span.nth", null, at + 1), own("span", when(d) || "no date"), after && el("small", null, ` ${after}`)],
      [
        own("span.name", nameOf(d)),
        el("small.id", { dir: "ltr" }, d.id),
        el("span.tags", null, notes),
      ],
      cluster.sources.length ? own("span", d.source || "—") : null,
      cluster.agencies.length ? (d.credits ? own("span", d.credits.join(", ")) : "—") : null,
      number(d.words),
      representative
        ? ""
        : el(
            "a.plain",
            { href: pairLink(cluster.members[0], member), title: "Compare with the representative" },
            relation < 0 ? "compare" : chip(relation, score),
          ),
    ];
  });
  // Empty columns are left out.
  const heads = ["date", "document", "source", "credits", "words", "relation to the representative"];
  const filled = heads.map((_, at) => rows.some((row) => row[at] !== null));
  const kept = (row) => row.filter((_, at) => filled[at]);
  return table(kept(heads), rows.map(kept), MEMBERS, "members");
}

/** Lists which members credit which agency. */
function credits(cluster, inTime) {
  if (!cluster.agencies.length) return null;
  const all = inTime.map((member) => data.documents[member]);
  const name = (d) => own("bdi", d.source || nameOf(d));
  const join = (list) => list.map((d, at) => [at ? ", " : "", name(d)]);
  const rows = cluster.agencies.map((agency) => [own("span", agency), join(all.filter((d) => (d.credits || []).includes(agency)))]);
  const uncredited = all.filter((d) => !d.credits);
  if (uncredited.length) rows.push(["none", join(uncredited)]);
  return el("section", null, el("h2", null, "Credits"), table(["agency", "credited by"], rows, 30));
}

const pairLink = (a, b) =>
  `#pair=${encodeURIComponent(data.documents[a].id)}&${encodeURIComponent(data.documents[b].id)}`;

function pairOf(detail, a, b) {
  return detail.pairs.find((pair) => (pair.a === a && pair.b === b) || (pair.a === b && pair.b === a));
}

function matrix(cluster, inTime, detail) {
  const known = new Map(detail.pairs.flatMap((pair) => [[`${pair.a} ${pair.b}`, pair], [`${pair.b} ${pair.a}`, pair]]));
  const label = (member) => data.documents[member].source || nameOf(data.documents[member]);
  if (cluster.size > MATRIX) {
    const rows = detail.pairs
      .filter((pair) => pair.edge)
      .sort((x, y) => x.score - y.score)
      .map((pair) => [
        own("span", label(pair.a)),
        own("span", label(pair.b)),
        el("a.plain", { href: pairLink(pair.a, pair.b) }, chip(pair.relation, pair.score)),
      ]);
    return [el("p.note", null, "The cluster is too large for a matrix. These are its edges, least certain first."), table(["one", "other", "edge"], rows, MEMBERS)];
  }
  const cell = (x, y) => {
    if (x === y) return el("td.self");
    const pair = known.get(`${x} ${y}`);
    if (!pair) return el("td", null, "—");
    const name = pair.relation < 0 ? "none" : RELATIONS[pair.relation];
    const title = `${label(x)} and ${label(y)}: ${pair.edge ? name : "no edge"}, ${two(pair.score)}`;
    return el(`td.${name}`, null, el("a", { href: pairLink(x, y), title, "aria-label": title }, two(pair.score)));
  };
  const heads = inTime.map((member, at) => el("th", { scope: "col", title: label(member) }, at + 1));
  const rows = inTime.map((x, at) =>
    el("tr", null, el("th", { scope: "row" }, el("span.nth", null, at + 1), own("span", label(x))), inTime.map((y) => cell(x, y))),
  );
  return [
    el("div.scroll", null, el("table.matrix", null, el("thead", null, el("tr", null, el("td"), heads)), el("tbody", null, rows))),
    el("p.note", null, RELATIONS.map((_, at) => [chip(at), " "]), chip(-1), " Click an entry to open its pair."),
  ];
}

function pairView(cluster, detail, a, b) {
  const pair = pairOf(detail, a, b);
  if (pair && pair.a !== a) [a, b] = [b, a];
  const all = detail.pairs;
  const at = all.indexOf(pair);
  const step = (to, text, rel) => all[to] && el("a", { href: pairLink(all[to].a, all[to].b), rel }, text);
  const seen = pair && pair.seen;
  return el(
    "main.pair",
    null,
    crumbs(
      [["All clusters", "#"], [cluster.title, `#cluster=${cluster.name}`]],
      all.length > 1 && at >= 0 ? [step(at - 1, "‹ Previous pair", "prev"), " ", step(at + 1, "Next pair ›", "next")] : null,
    ),
    el("h1.verdict", null, seen ? seen.verdict : pair ? "The texts cannot be read again." : "The run has no edge between these two documents."),
    el("div.heads", null, head("A", a, detail), head("B", b, detail)),
    pair ? figures(pair, seen) : null,
    seen ? passages(detail, pair, seen, a, b) : null,
    seen ? reasons(pair, seen) : null,
  );
}

function head(letter, member, detail) {
  const d = data.documents[member];
  const facts = [when(d), d.source, d.credits && `credits ${d.credits.join(", ")}`, `${number(d.words)} words`].filter(Boolean);
  return el(
    "div.head",
    null,
    el("span.letter", null, letter),
    own("h2", nameOf(d)),
    el("p.line", null, facts.map((fact, at) => [at ? " · " : "", own("bdi", fact)])),
    el("p.id", { dir: "ltr" }, d.record === undefined ? d.path : `${d.path}, record ${d.record}`),
    detail.texts[member] && detail.texts[member].changed ? el("span.tag.bad", null, "text changed since the run") : null,
  );
}

/** Says which of two documents is later, if both dates are known. */
function apart(a, b) {
  if (a.time === undefined || b.time === undefined) return null;
  if (later(a, b)) return ["dates", `B ${later(a, b)}`];
  return ["dates", later(b, a) ? `A ${later(b, a)}` : a.time === b.time ? "same time" : "within a day of each other"];
}

function figures(pair, seen) {
  const rows = [
    ["relation", chip(pair.relation)],
    [
      "score",
      [
        two(pair.score),
        pair.relation < 0 || pair.relation > 1 ? ` (one dispatch at ${two(data.overview.strictness)} or higher) ` : " ",
        seen && seen.parts.length ? el("button.link", { type: "button", id: "why", onclick: showReasons }, "why") : null,
      ],
    ],
    apart(data.documents[pair.a], data.documents[pair.b]),
    ["shingles in both", `${percent(pair.jaccard)} of all`],
    ["words in both", `${percent(pair.in_b)} of A's, ${percent(pair.in_a)} of B's`],
    pair.evidence && ["rarest words in both", own("span", pair.evidence.join(" · "))],
  ].filter(Boolean);
  return el("dl.figures", null, rows.map(([name, value]) => el("div", null, el("dt", null, name), el("dd", null, value))));
}

function showReasons() {
  const all = document.querySelector(".reasons");
  all.open = true;
  all.scrollIntoView();
  all.querySelector("summary").focus();
}

function reasons(pair, seen) {
  if (!seen.parts.length) return null;
  const most = Math.max(...seen.parts.map(([adds]) => Math.abs(adds)), 1);
  const verbatim = pair.relation >= 0 && pair.relation < 3;
  const sum = seen.parts.reduce((all, [adds]) => all + adds, seen.baseline);
  const line = (adds, explanation, shown) =>
    el("tr", null, el("td.adds", null, signed(adds)), el("td", null, bar(adds / most, "signed")), el("th", { scope: "row" }, explanation), el("td.shown", null, shown));
  const plain = (value, text) => el("tr.plain", null, el("td.adds", null, signed(value)), el("td"), el("th", { scope: "row", colspan: 2 }, text));
  const note = verbatim
    ? "Shingles alone decide the relation of these two. This is how the scorer would rate them."
    : pair.edge
      ? "Log-odds: what each feature adds for or against one dispatch, with the word weights of the run."
      : "Log-odds, with words weighted by a general frequency table. In a run, the score may differ.";
  return el(
    "details.reasons",
    { open: !verbatim },
    el("summary", null, "Why this score"),
    el("p.note", null, note),
    el(
      "div.scroll",
      null,
      el(
        "table",
        null,
        el(
          "tbody",
          null,
          plain(seen.baseline, "baseline: an average pair"),
          seen.parts.map((part) => line(...part)),
          plain(sum, `sum: a score of ${two(1 / (1 + Math.exp(-sum)))}`),
        ),
      ),
    ),
  );
}

function passages(detail, pair, seen, a, b) {
  const sides = [
    [detail.texts[a], seen.a],
    [detail.texts[b], seen.b],
  ];
  const body = el("div");
  const show = (aligned) => {
    body.replaceChildren(aligned ? alignedTexts(sides, seen) : wholeTexts(sides, seen));
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", String((at === 0) === aligned)));
  };
  const buttons = ["Side by side", "As published"].map((text, at) =>
    el("button", { type: "button", onclick: () => show(at === 0) }, text),
  );
  show(true);
  return el(
    "section.passages",
    null,
    el("h2", null, "Passages"),
    el("div.switch", { role: "group", "aria-label": "Order of the passages" }, buttons),
    el(
      "p.note",
      null,
      el("mark.s", null, "in the passage beside it"),
      " ",
      el("mark.e", null, "elsewhere in the other text"),
      " ",
      el("mark.o", null, "in this text only"),
      " ",
      el("span.boilerplate", null, "boilerplate, not compared"),
    ),
    body,
  );
}

function alignedTexts(sides, seen) {
  const cell = (side, pieces, letter) =>
    el(
      `div.cell.${letter}`,
      { dir: "auto" },
      pieces.map((piece, at) => {
        const breaks = at && (pieces[at - 1] + 1 !== piece || sides[side][0].lines[piece]);
        return [breaks ? el("br") : null, pieceOf(sides[side], piece)];
      }),
    );
  return el(
    "div.rows2",
    null,
    seen.rows.map(([left, right]) => {
      const linked = left.length && right.length;
      return el(`div.row2${linked ? ".linked" : ""}`, null, cell(0, left, "a"), cell(1, right, "b"));
    }),
  );
}

/** Shows both texts in their original order. A passage links to its match. */
function wholeTexts(sides, seen) {
  const matches = [new Map(), new Map()];
  seen.rows.forEach(([left, right]) => {
    left.forEach((piece) => right.length && matches[0].set(piece, right[0]));
    right.forEach((piece) => left.length && matches[1].set(piece, left[0]));
  });
  const name = (side, piece) => `passage-${side}-${piece}`;
  const whole = (side) =>
    el(
      "div.published",
      { dir: "auto" },
      sides[side][0].ends.map((_, piece) => {
        const other = matches[side].get(piece);
        const node = pieceOf(sides[side], piece);
        node.id = name(side, piece);
        if (other !== undefined) {
          const go = () => {
            document.querySelectorAll(".lit").forEach((lit) => lit.classList.remove("lit"));
            const target = document.getElementById(name(1 - side, other));
            [node, target].forEach((lit) => lit.classList.add("lit"));
            target.scrollIntoView({ block: "center" });
            target.focus({ preventScroll: true });
          };
          fill(node, { tabindex: 0, role: "button", title: "Go to the matching passage", onclick: go });
          node.addEventListener("keydown", (event) => event.key === "Enter" && (event.stopPropagation(), go()));
        }
        return [piece && sides[side][0].lines[piece] ? el("br") : null, node];
      }),
    );
  return el("div.wholes", null, whole(0), whole(1));
}

/** Creates a piece of a text with its words marked. */
function pieceOf([text, marks], piece) {
  const start = piece ? text.ends[piece - 1] : 0;
  const end = text.ends[piece];
  const kind = { f: "boilerplate", m: "matched", "-": "alone" }[marks.pieces[piece]] || "alone";
  const node = el(`span.${kind}`);
  const words = placesOf(text);
  const last = piece + 1 < text.ends.length ? text.words_before[piece + 1] : words.length;
  let at = start;
  let plain = "";
  const flush = () => {
    if (plain) node.append(visible(plain));
    plain = "";
  };
  for (let word = text.words_before[piece]; word < last; word++) {
    const [from, to] = words[word];
    plain += text.text.slice(at, from);
    const mark = kind === "boilerplate" ? "-" : marks.words[word];
    if (mark === "-" || mark === undefined) plain += text.text.slice(from, to);
    else {
      flush();
      node.append(el(`mark.${mark}`, null, text.text.slice(from, to)));
    }
    at = to;
  }
  plain += text.text.slice(at, end).replace(/\s+$/, " ");
  flush();
  return node;
}

/** Returns the start and end of each word of a text, computed on first use. */
function placesOf(text) {
  if (!text.places) {
    let at = 0;
    text.places = [];
    for (let i = 0; i < text.words.length; i += 2) {
      const from = at + text.words[i];
      at = from + text.words[i + 1];
      text.places.push([from, at]);
    }
  }
  return text.places;
}
