//! Drives a headless Chromium through the pipe of its DevTools protocol, with real key presses and clicks. Records every
//! console message and every request of a page.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::desk::unbase64;
use serde_json::{Value, json};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// How long to wait for the browser.
const TIMEOUT: Duration = Duration::from_secs(60);

pub struct Browser {
    child: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    session: String,
    next: u64,
    /// Console messages, exceptions and blocked requests of pages.
    pub complaints: Vec<String>,
    /// URLs that pages requested, other than the page itself.
    pub requests: Vec<String>,
    _profile: tempfile::TempDir,
}

/// Starts Chromium. Returns `None` and prints a note if it is not installed.
pub fn start() -> Option<Browser> {
    let wanted = std::env::var("WIRECOPY_CHROMIUM").ok();
    let names = wanted.iter().map(String::as_str).chain(NAMES);
    let works = |name: &&str| Command::new(name).arg("--version").output().is_ok_and(|o| o.status.success());
    let Some(name) = names.into_iter().find(works) else {
        // Bypasses the test harness, which captures `eprintln!`.
        let _ = std::io::stderr().write_all(
            b"\nNOT RUN: the test of the page in a browser, since Chromium is missing (Debian: apt-get install chromium)\n",
        );
        return None;
    };
    let profile = tempfile::tempdir().unwrap();
    // The protocol uses descriptors 3 and 4. Chromium's sandbox does not work for root.
    let script = format!(
        "exec {name} --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
         --disable-background-networking --disable-component-update --remote-debugging-pipe \
         --user-data-dir={} about:blank 3<&0 4>&1 </dev/null >/dev/null 2>&1",
        profile.path().display()
    );
    let mut child = Command::new("sh")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (to, mut out) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    let (send, from) = channel();
    std::thread::spawn(move || {
        let mut message = Vec::new();
        while out.read_until(0, &mut message).is_ok_and(|n| n > 0) {
            let value = serde_json::from_slice(message.strip_suffix(&[0]).unwrap_or(&message));
            if send.send(value.unwrap()).is_err() {
                break;
            }
            message.clear();
        }
    });
    let mut browser = Browser {
        child,
        to,
        from,
        session: String::new(),
        next: 0,
        complaints: Vec::new(),
        requests: Vec::new(),
        _profile: profile,
    };
    let target = browser.call("Target.createTarget", &json!({"url": "about:blank"}));
    let attached =
        browser.call("Target.attachToTarget", &json!({"targetId": target["targetId"], "flatten": true}));
    browser.session = attached["sessionId"].as_str().unwrap().to_owned();
    for domain in ["Page", "Runtime", "Log", "Network"] {
        browser.call(&format!("{domain}.enable"), &json!({}));
    }
    Some(browser)
}

impl Browser {
    /// Sends a command, and returns its result.
    pub fn call(&mut self, method: &str, params: &Value) -> Value {
        self.next += 1;
        let mut message = json!({"id": self.next, "method": method, "params": params});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.to.write_all(message.to_string().as_bytes()).unwrap();
        self.to.write_all(&[0]).unwrap();
        let began = Instant::now();
        loop {
            let left = TIMEOUT.saturating_sub(began.elapsed());
            let answer = self.from.recv_timeout(left).unwrap_or_else(|_| panic!("no answer to {method}"));
            if answer["id"] == json!(self.next) {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
            self.note(&answer);
        }
    }

    fn note(&mut self, event: &Value) {
        let params = &event["params"];
        match event["method"].as_str() {
            Some("Runtime.consoleAPICalled" | "Runtime.exceptionThrown" | "Log.entryAdded") => {
                self.complaints.push(params.to_string());
            }
            Some("Network.requestWillBeSent") if params["type"] != "Document" => {
                let url = params["request"]["url"].as_str().unwrap_or_default();
                // Chromium draws its own controls from embedded images.
                if !url.starts_with("data:") {
                    self.requests.push(url.to_owned());
                }
            }
            _ => {}
        }
    }

    /// Opens a file with a fragment, and waits until the view is shown.
    pub fn open(&mut self, page: &Path, hash: &str) {
        self.call("Page.navigate", &json!({"url": "about:blank"}));
        self.call("Page.navigate", &json!({"url": format!("file://{}{hash}", page.display())}));
        self.until("document.getElementById('app')?.dataset.ready");
    }

    /// Evaluates a JavaScript expression. Awaits a promise.
    pub fn eval(&mut self, expression: &str) -> Value {
        let answer = self.call(
            "Runtime.evaluate",
            &json!({"expression": expression, "awaitPromise": true, "returnByValue": true}),
        );
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// Returns the text of the first element that matches a selector.
    pub fn text(&mut self, selector: &str) -> String {
        let value = self.eval(&format!("document.querySelector({})?.textContent ?? ''", json!(selector)));
        value.as_str().unwrap().to_owned()
    }

    /// Waits until an expression is true.
    pub fn until(&mut self, expression: &str) {
        let began = Instant::now();
        while !self.eval(&format!("Boolean({expression})")).as_bool().unwrap() {
            assert!(began.elapsed() < TIMEOUT, "timed out waiting for: {expression}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Clicks in the middle of the first element that matches a selector.
    pub fn click(&mut self, selector: &str) {
        let place = self.eval(&format!(
            "(() => {{ const e = document.querySelector({}); e.scrollIntoView({{block: 'center'}}); \
             const r = e.getClientRects()[0]; return [r.x + r.width / 2, r.y + r.height / 2]; }})()",
            json!(selector)
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            self.call(
                "Input.dispatchMouseEvent",
                &json!({"type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1}),
            );
        }
    }

    /// Presses a key.
    pub fn key(&mut self, key: &str) {
        let text = if key == "Enter" { "\r" } else { key };
        let mut down = json!({"type": "keyDown", "key": key});
        if text.chars().count() == 1 {
            down["text"] = json!(text);
        }
        if key == "Enter" {
            down["windowsVirtualKeyCode"] = json!(13);
        }
        self.call("Input.dispatchKeyEvent", &down);
        self.call("Input.dispatchKeyEvent", &json!({"type": "keyUp", "key": key}));
    }

    /// Types a text into the focused element.
    pub fn write(&mut self, text: &str) {
        self.call("Input.insertText", &json!({"text": text}));
    }

    /// Sets the width of the window and the colour scheme.
    pub fn look(&mut self, width: u32, scheme: &str) {
        self.call(
            "Emulation.setDeviceMetricsOverride",
            &json!({"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": false}),
        );
        let feature = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.call("Emulation.setEmulatedMedia", &json!({"features": feature}));
    }

    /// Takes a screenshot, if WIRECOPY_SCREENSHOTS names a folder.
    pub fn picture(&mut self, name: &str) {
        let Some(folder) = std::env::var_os("WIRECOPY_SCREENSHOTS") else { return };
        let shot = self.call("Page.captureScreenshot", &json!({"format": "png"}));
        let path = Path::new(&folder).join(format!("{name}.png"));
        std::fs::write(path, unbase64(shot["data"].as_str().unwrap())).unwrap();
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.to.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        std::thread::sleep(Duration::from_millis(200));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
