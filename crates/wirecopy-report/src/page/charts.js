// Bar charts, drawn without a library. Each chart also describes itself in words.

/** Draws a column chart of `[label, value, part]`, with the part in the stronger colour. */
function columns(rows, { title, unit, height = 120, onpick }) {
  // A narrow window gets a narrow chart, so that the letters keep their size.
  const width = Math.max(240, Math.min(600, window.innerWidth - 80));
  const most = Math.max(1, ...rows.map((row) => row[1]));
  const step = width / Math.max(rows.length, 8);
  const gap = Math.min(4, step / 5);
  const chart = draw("svg", {
    viewBox: `0 0 ${width} ${height + 22}`,
    role: "img",
    "aria-label": title,
    class: "columns",
  });
  const every = Math.max(1, Math.ceil(64 / step));
  rows.forEach(([label, value, part], at) => {
    const scale = (n) => (n > 0 ? Math.max(2, (n / most) * (height - 14)) : 0);
    const x = at * step;
    const bar = (n, kind) =>
      draw("rect", { x: x + gap / 2, y: height - scale(n), width: step - gap, height: scale(n), class: kind });
    const ofThem = part === undefined ? "" : `, ${number(part)} of them in clusters`;
    const group = draw(
      "g",
      onpick ? { class: "pick", onclick: () => onpick(label) } : null,
      draw("title", null, `${label}: ${number(value)} ${unit}${ofThem}`),
      draw("rect", { x, y: 0, width: step, height, class: "ground" }),
      bar(value, part === undefined ? "part" : "whole"),
      part === undefined ? null : bar(part, "part"),
    );
    if (rows.length <= 12) {
      const y = height - scale(value) - 3;
      group.append(draw("text", { x: x + step / 2, y, class: "value" }, number(value)));
    }
    if (at % every === 0 && (rows.length <= 12 || x + 60 <= width)) {
      const anchor = rows.length <= 12 ? "middle" : "start";
      const place = anchor === "middle" ? x + step / 2 : x;
      group.append(draw("text", { x: place, y: height + 15, "text-anchor": anchor }, label));
    }
    chart.append(group);
  });
  chart.append(draw("line", { x1: 0, y1: height, x2: width, y2: height, class: "axis" }));
  return chart;
}

/** Creates the bar of a table cell for a `share` from −1 to 1; negative bars grow to the left. */
function bar(share, kind) {
  const inner = el(`span.fill.${kind}`);
  const length = Math.min(1, Math.abs(share));
  if (kind === "signed") {
    inner.classList.add(share < 0 ? "against" : "for");
    inner.style.marginLeft = share < 0 ? `${50 - 50 * length}%` : "50%";
    inner.style.width = `${50 * length}%`;
  } else {
    inner.style.width = `${100 * length}%`;
  }
  return el("span.bar", { "aria-hidden": "true" }, inner);
}

/** Groups cluster sizes into a few columns. */
function sizeColumns(sizes) {
  const bins = [[2, 2], [3, 3], [4, 4], [5, 5], [6, 9], [10, 19], [20, 49], [50, 99], [100, Infinity]];
  const rows = bins.map(([from, to]) => {
    const inside = sizes.filter(([size]) => size >= from && size <= to);
    const label = from === to ? `${from}` : to === Infinity ? `${from}+` : `${from}–${to}`;
    return [label, inside.reduce((sum, [, clusters]) => sum + clusters, 0)];
  });
  while (rows.length > 4 && rows[rows.length - 1][1] === 0) rows.pop();
  return rows;
}
