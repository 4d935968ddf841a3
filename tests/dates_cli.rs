//! Dates from inputs of many forms to the run report.

mod support;

use std::fs;

use serde_json::Value;

/// Runs `cluster` on a folder with `args`, and gives the documents by id.
fn documents(folder: &std::path::Path, args: &[&str]) -> Vec<Value> {
    let out = folder.join("out.json");
    let run = support::wirecopy().arg("cluster").args(["-q", "-o"]).arg(&out).args(args).arg(folder.join("in")).output();
    assert!(run.unwrap().status.success());
    let report = fs::read_to_string(out).unwrap();
    let lines = report.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["type"] == "document").collect()
}
