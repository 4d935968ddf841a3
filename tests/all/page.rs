//! Tests the page: its content, and its behaviour in a browser.
#![cfg(all(feature = "cli", feature = "html", unix))]

use std::path::{Path, PathBuf};

use crate::browser::Browser;
use crate::desk::Desk;

fn here(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name).to_str().unwrap().to_owned()
}

/// Writes the page of some documents.
fn page_of(desk: &Desk, input: &str) -> PathBuf {
    desk.out(&["cluster", "-q", input, "--html", "page.html", "-o", "run.jsonl"]);
    desk.path().join("page.html")
}

/// Returns the raw contents of the elements that begin with `head`.
fn elements<'a>(page: &'a str, head: &str) -> Vec<&'a str> {
    page.split(head).skip(1).map(|rest| rest.split_once("</script>").unwrap().0).collect()
}

#[test]
fn texts_are_embedded_as_data() {
    let desk = Desk::new();
    let html = std::fs::read_to_string(page_of(&desk, &here("tests/hostile/feed.jsonl"))).unwrap();
    let index = elements(&html, "<script type=\"application/json\" id=\"index\">");
    let index = index.first().unwrap();
    assert!(!index.contains('<'), "markup in the data could close its element");
    let data: serde_json::Value = serde_json::from_str(index).unwrap();
    assert_eq!(data["documents"].as_array().unwrap().len(), 3);
    assert!(data["documents"][0]["title"].as_str().unwrap().contains("<script>"), "the title is unchanged");
    for block in elements(&html, "<script type=\"text/plain\"") {
        let coded = block.split_once('>').unwrap().1;
        assert!(coded.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b)));
    }
    assert_eq!(html.matches("<script").count(), 2 + html.matches("id=\"block-").count());
}

#[test]
fn page_loads_nothing_and_its_policy_forbids_it() {
    let desk = Desk::new();
    let html = std::fs::read_to_string(page_of(&desk, &here("corpus"))).unwrap();
    let policy =
        html.split_once("Content-Security-Policy\" content=\"").unwrap().1.split_once('"').unwrap().0;
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"));
    assert!(!policy.contains("unsafe") && !policy.contains("http"));
    let code = html.split_once("id=\"index\"").unwrap();
    let script = code.1.split_once("<script>").unwrap().1.split_once("</script>").unwrap().0;
    for loads in ["src=", "<link", "@import", "url(", "import("] {
        assert!(!code.0.contains(loads) && !script.contains(loads), "{loads}");
    }
    for danger in ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Function("] {
        assert!(!script.contains(danger), "{danger}");
    }
}

#[test]
fn page_of_a_run_is_deterministic() {
    let desk = Desk::new();
    page_of(&desk, &here("corpus"));
    desk.out(&["report", "run.jsonl", "-o", "again.html"]);
    assert!(desk.read("page.html") == desk.read("again.html"));
    assert!(desk.out(&["report", "run.jsonl", "-o", "-"]) == desk.read("page.html"));
}

#[test]
fn missing_and_changed_texts_are_reported() {
    let desk = Desk::new();
    let story = desk.read("corpus/a.txt").repeat(3);
    for name in ["a", "b", "c"] {
        desk.file(&format!("corpus/{name}.txt"), &story);
    }
    desk.out(&["cluster", "-q", "corpus", "-o", "run.jsonl"]);
    std::fs::remove_file(desk.path().join("corpus/a.txt")).unwrap();
    desk.file("corpus/b.txt", "Something else altogether stands here now.\n");
    let output = desk.run(&["report", "run.jsonl", "-o", "page.html"]);
    assert_eq!(output.status.code(), Some(3));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("a.txt: cannot be read again") && stderr.contains("b.txt: changed since the run"),
        "{stderr}"
    );
    let html = desk.read("page.html");
    assert!(html.contains("\"missing\":1,\"changed\":1"));
    let output = desk.run(&["compare", "--run", "run.jsonl", "b.txt", "c.txt"]);
    assert_eq!(output.status.code(), Some(3), "compare reports it too");
    assert!(desk.trouble(&["compare", "--run", "run.jsonl", "a.txt", "c.txt"]).contains("corpus/a.txt"));
}

#[test]
fn standard_output_takes_only_one_format() {
    let desk = Desk::new();
    let stderr = desk.trouble(&["cluster", "corpus", "--html", "-", "-o", "-"]);
    assert!(stderr.contains("not both"), "{stderr}");
    assert!(desk.out(&["cluster", "corpus", "--html", "-"]).starts_with("<!DOCTYPE html>"));
}

/// Lists the elements with text whose contrast to their background, by the formula of WCAG 2, is below 4.5.
const CONTRAST: &str = r"(() => {
  const parse = (c) => (c.match(/[\d.]+/g) || []).map(Number);
  const lum = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
  const bad = new Set();
  for (const e of document.querySelectorAll('#app *')) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || e.disabled || e.closest('svg') || !e.getClientRects().length) continue;
    const style = getComputedStyle(e);
    const [x, y] = [lum(parse(style.color)), lum(behind(e))].sort((a, b) => b - a);
    if ((x + 0.05) / (y + 0.05) < 4.5 || style.opacity < 1) bad.add(`${e.tagName}.${e.className}: ${style.color}`);
  }
  return [...bad];
})()";

/// Checks width and contrast of the view, narrow and wide, light and dark.
fn look_at(browser: &mut Browser, name: &str) {
    for (width, scheme) in [(400, "light"), (400, "dark"), (1600, "dark"), (1600, "light")] {
        browser.look(width, scheme);
        let seen = browser.eval("document.documentElement.scrollWidth");
        assert!(seen.as_u64().unwrap() <= width.into(), "{name} is {seen} wide in a window of {width}");
        assert_eq!(browser.eval(CONTRAST), serde_json::json!([]), "{name}, {scheme}: too little contrast");
        browser.picture(&format!("{name}-{width}-{scheme}"));
    }
}

#[test]
fn page_can_be_navigated_by_keyboard_and_mouse() {
    let Some(mut browser) = crate::browser::start() else { return };
    let desk = Desk::new();
    let page = page_of(&desk, &here("corpus"));
    browser.open(&page, "");
    look_at(&mut browser, "overview");
    let clusters = browser.eval("data.clusters.length").as_u64().unwrap();
    assert!(browser.text(".found").starts_with(&format!("{clusters} clusters")));
    assert!(browser.eval("document.querySelectorAll('.rows li').length").as_u64().unwrap() <= 50);

    // Filters.
    browser.key("/");
    browser.write("vollmer");
    browser.until("document.querySelectorAll('.rows li').length === 1");
    assert!(browser.text(".found").starts_with("1 of "));
    browser.key("Escape");
    browser.eval("(() => { const s = document.getElementById('relation'); s.value = '0'; s.dispatchEvent(new Event('change')); })()");
    assert_eq!(browser.text(".empty"), "No clusters match the filters.");
    browser.click(".controls button");
    browser.until(&format!("document.querySelector('.found').textContent.startsWith('{clusters} clusters')"));
    browser.eval("(() => { const s = document.getElementById('sort'); s.value = 'title'; s.dispatchEvent(new Event('change')); })()");
    let sorted = "(() => { const t = [...document.querySelectorAll('.rows .title')].map((a) => a.textContent); \
                  return t.every((x, at) => !at || t[at - 1].localeCompare(x) <= 0); })()";
    assert!(browser.eval(sorted).as_bool().unwrap());

    // A cluster, by the keyboard alone.
    browser.key("/");
    browser.write("vollmer");
    browser.until("document.querySelectorAll('.rows li').length === 1");
    browser.key("Escape");
    browser.key("j");
    browser.key("Enter");
    browser.until("document.querySelector('table.matrix')");
    assert!(browser.eval("location.hash").as_str().unwrap().starts_with("#cluster="));
    assert_eq!(browser.eval("document.querySelectorAll('.matrix tbody tr').length"), 3);
    let in_time = "(() => { const t = [...document.querySelectorAll('main section tbody tr td:first-child, main section tbody tr th')]; \
                   return t.length >= 3; })()";
    assert!(browser.eval(in_time).as_bool().unwrap());
    look_at(&mut browser, "cluster");

    // A pair, by the mouse.
    browser.click(".matrix td.rewrite a");
    browser.until("document.querySelector('.verdict')");
    assert!(browser.text(".verdict").starts_with("Yes, a rewrite"), "{}", browser.text(".verdict"));
    assert!(browser.eval("document.querySelectorAll('.row2.linked').length").as_u64().unwrap() > 3);
    assert!(browser.eval("document.querySelectorAll('mark.s').length").as_u64().unwrap() > 20);
    assert!(browser.eval("document.querySelectorAll('mark.o').length").as_u64().unwrap() > 5);
    assert!(browser.eval("document.querySelectorAll('.reasons tr').length").as_u64().unwrap() > 10);
    look_at(&mut browser, "pair");
    browser.click("#why");
    browser.until("document.activeElement.textContent === 'Why this score'");
    browser.click(".switch button:last-child");
    browser.until("document.querySelector('.published')");
    browser.click(".published [role=button]");
    browser.until("document.querySelectorAll('.lit').length === 2");

    // Onwards, up and back.
    let first = browser.eval("location.hash");
    browser.key("n");
    browser.until(&format!("location.hash !== {first} && document.querySelector('.verdict')"));
    browser.key("u");
    browser.until("document.querySelector('table.matrix')");
    browser.key("u");
    browser.until("document.querySelector('.rows')");
    assert_eq!(browser.eval("document.querySelectorAll('.rows li').length"), 1, "the filter is still there");
    browser.eval("history.back()");
    browser.until("document.querySelector('table.matrix')");
    browser.key("?");
    browser.until("document.querySelector('dialog[open]')");
    browser.key("Enter");
    browser.until("!document.querySelector('dialog')");
    let before = browser.eval("getComputedStyle(document.body).backgroundColor");
    browser.key("d");
    assert_ne!(browser.eval("getComputedStyle(document.body).backgroundColor"), before);
    browser.open(&page, "#cluster=nothing");
    assert!(browser.text(".warning").contains("no such cluster"));

    assert_eq!(browser.complaints, Vec::<String>::new());
    assert_eq!(browser.requests, Vec::<String>::new());
}

#[test]
fn every_text_is_shown_completely() {
    let Some(mut browser) = crate::browser::start() else { return };
    let desk = Desk::new();
    let page = page_of(&desk, &here("corpus"));
    browser.open(&page, "");
    // Renders every pair of every cluster, and checks that the pieces of each text add up to the text.
    let all = "(async () => {
      const wrong = [];
      const bare = (text) => visible(text).replace(/\\s+/g, '');
      for (const cluster of clusters) {
        const detail = await detailOf(cluster);
        for (const pair of detail.pairs) {
          const sides = [[detail.texts[pair.a], pair.seen.a], [detail.texts[pair.b], pair.seen.b]];
          for (const side of sides) {
            const drawn = side[0].ends.map((_, piece) => pieceOf(side, piece).textContent).join('');
            if (bare(drawn) !== bare(side[0].text)) wrong.push(cluster.name);
            if (side[0].words.length !== 2 * side[1].words.length) wrong.push('words of ' + cluster.name);
          }
          const view = pairView(cluster, detail, pair.a, pair.b);
          if (!view.querySelector('.row2')) wrong.push('no rows in ' + cluster.name);
        }
        clusterView(cluster, detail);
      }
      return wrong;
    })()";
    assert_eq!(browser.eval(all), serde_json::json!([]));
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn hostile_article_is_shown_as_text() {
    let Some(mut browser) = crate::browser::start() else { return };
    let desk = Desk::new();
    let page = page_of(&desk, &here("tests/hostile/feed.jsonl"));
    browser.open(&page, "");
    look_at(&mut browser, "hostile-overview");
    assert!(browser.text(".rows .title").contains("<script>window.owned=true</script>"));
    browser.click(".rows .title");
    browser.until("document.querySelector('table.matrix')");
    look_at(&mut browser, "hostile-cluster");
    browser.click(".matrix td a");
    browser.until("document.querySelector('.verdict')");
    look_at(&mut browser, "hostile-pair");
    let shown = browser.text(".rows2");
    for text in
        ["<script>document.title='owned'", "onerror=\"window.owned=true\"", "javascript:window.owned=true"]
    {
        assert!(shown.contains(text), "{text} is not in {shown}");
    }
    let harmful = "/[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u202a-\\u202e\\u2066-\\u2069]/.test(document.getElementById('app').textContent)";
    assert_eq!(browser.eval(harmful), false, "control characters and overrides are replaced");
    let strange = "document.querySelectorAll('#app script, #app img, #app iframe, #app b, #app a:not([href^=\"#\"])').length";
    assert_eq!(browser.eval(strange), 0, "nothing of the article became an element or a link elsewhere");
    assert_eq!(browser.eval("window.owned ?? 'no'"), "no");
    assert_eq!(browser.complaints, Vec::<String>::new());
    assert_eq!(browser.requests, Vec::<String>::new());

    // The content security policy is a second line of defence: it blocks injected scripts and requests.
    let tries = "(async () => {
      const refused = [];
      document.addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
      try { const s = document.createElement('script'); s.textContent = 'window.owned = true'; document.body.append(s); } catch (e) { refused.push('script'); }
      try { document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.owned=true\">'); } catch (e) { refused.push('markup'); }
      try { await fetch('https://aldmoor.example/'); } catch (e) { refused.push('fetch'); }
      await new Promise((resolve) => setTimeout(resolve, 100));
      return [window.owned ?? 'no', refused.includes('script'), refused.includes('markup'), refused.includes('connect-src')];
    })()";
    assert_eq!(browser.eval(tries), serde_json::json!(["no", true, true, true]));
}

/// Takes the screenshots of the README.
#[test]
#[ignore = "makes docs/*.png: WIRECOPY_SCREENSHOTS=docs cargo test --test all page::pictures -- --ignored"]
fn pictures_of_the_readme() {
    let mut browser = crate::browser::start().expect("Chromium");
    let desk = Desk::new();
    let mut command = desk.command(&["cluster", "-q", "corpus", "--html"]);
    let page = desk.path().join("page.html");
    command.arg(&page).current_dir(env!("CARGO_MANIFEST_DIR"));
    assert!(command.status().unwrap().success());
    browser.look(1200, "light");
    for (name, hash) in [("page", ""), ("pair", "#pair=courier-today%2Fstriker-transfer.html&wirebox-0001")] {
        browser.open(&page, hash);
        browser.picture(name);
    }
}

/// Measures how long a page takes to respond, for `docs/benchmarks.md`, and takes screenshots.
#[test]
#[ignore = "a measurement: WIRECOPY_PAGE=report.html cargo test --test all page:: -- --ignored --nocapture"]
fn time_until_a_page_responds() {
    let page = PathBuf::from(std::env::var_os("WIRECOPY_PAGE").expect("WIRECOPY_PAGE names a page"));
    let page = page.canonicalize().unwrap();
    let mut browser = crate::browser::start().expect("Chromium");
    let megabytes = std::fs::metadata(&page).unwrap().len() as f64 / 1e6;
    let mut shown = Vec::new();
    for _ in 0..5 {
        browser.open(&page, "");
        shown.push(browser.eval("performance.getEntriesByName('shown')[0].startTime").as_f64().unwrap());
    }
    shown.sort_by(f64::total_cmp);
    browser.until("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd");
    let read = browser.eval("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd");
    let filtered = browser.eval(
        "(() => { const t = performance.now(); filters.text = 'oil'; showRows(); document.body.offsetHeight; \
         return performance.now() - t; })()",
    );
    let opened = browser.eval(
        "(async () => { const t = performance.now(); location.hash = `cluster=${clusters[clusters.length - 1].name}`; \
         while (!document.querySelector('table')?.closest('main')?.querySelector('.matrix')) await new Promise(requestAnimationFrame); \
         return performance.now() - t; })()",
    );
    println!(
        "{megabytes:.1} MB; shown after {:.0} ms (median of 5, {:.0} to {:.0}), read to its end after {:.0} ms, \
         filtered in {:.0} ms, a cluster opened in {:.0} ms",
        shown[2],
        shown[0],
        shown[4],
        read.as_f64().unwrap(),
        filtered.as_f64().unwrap(),
        opened.as_f64().unwrap()
    );
    let name = page.file_stem().unwrap().to_str().unwrap().to_owned();
    for (hash, view) in [("", "overview"), ("first", "cluster"), ("pair", "pair")] {
        if hash.is_empty() {
            browser.open(&page, "");
        } else if hash == "first" {
            browser.eval("location.hash = `cluster=${clusters[0].name}`");
            browser.until("document.querySelector('section h2') && !document.querySelector('.rows')");
        } else {
            browser.eval("location.hash = pairLink(clusters[0].members[0], clusters[0].members[1])");
            browser.until("document.querySelector('.verdict')");
        }
        look_at(&mut browser, &format!("{name}-{view}"));
    }
    assert_eq!(browser.complaints, Vec::<String>::new());
}
