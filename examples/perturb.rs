//! Perturbs documents as another site might publish them, and writes them as JSON lines to standard output.
//!
//! ```sh
//! cargo run --release --example perturb -- boilerplate_12 SITE PATH…      # a perturbation of the suite, by name
//! cargo run --release --example perturb -- lines=notices.txt SITE PATH…  # lines of a file around every text
//! ```
//!
//! SITE is a number. All documents of a site get the same boilerplate. Ids are kept, and the source is named after the site.

#![allow(clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

use wirecopy::{Cancel, Config, Document, NoProgress, Root};
use wirecopy_ingest::Outcome;
use wirecopy_lab::perturb::{Context, Perturbation};

enum How {
    Suite(Perturbation),
    Lines(Vec<String>),
}

fn main() {
    let mut args = std::env::args().skip(1);
    let how = args.next().expect("a perturbation");
    let how = match how.strip_prefix("lines=") {
        Some(path) => {
            let lines = std::fs::read_to_string(path).expect("the file of lines");
            How::Lines(lines.lines().map(str::to_owned).collect())
        }
        None => How::Suite(how.parse().expect("a perturbation of the suite")),
    };
    let site: u64 = args.next().and_then(|site| site.parse().ok()).expect("the number of a site");
    let roots: Vec<Root> = args.map(|path| Root::from(path.as_str())).collect();
    let config = Config::default();
    let perturbed = |document: &Document| {
        let context = Context { other: "", site };
        let text = match &how {
            How::Suite(perturbation) => perturbation.apply(&document.text, &context, site),
            How::Lines(lines) => {
                // Two thirds of the lines go above the text, the others below.
                let (above, below) = lines.split_at(lines.len() * 2 / 3);
                format!("{}\n{}\n{}", above.join("\n"), document.text, below.join("\n"))
            }
        };
        serde_json::json!({
            "id": document.id,
            "title": document.meta.title,
            "date": document.meta.date,
            "source": format!("site {site}"),
            "text": text,
        })
        .to_string()
    };
    wirecopy_ingest::read(&roots, &config.ingest, &NoProgress, &Cancel::default(), perturbed, |outcome| {
        match outcome {
            Outcome::Read(_, line) => println!("{line}"),
            Outcome::Skipped(skipped) => eprintln!("{}: {}", skipped.path, skipped.reason),
            Outcome::SkippedMore(more) => eprintln!("{more} more inputs were skipped"),
        }
        Ok(())
    })
    .expect("the documents");
}
