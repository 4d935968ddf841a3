//! Writes an invented corpus with known families as JSON lines: `id`, `text`, `title`, `date`, `source`, and the gold.
//!
//! `cargo run --release --example generate 100000 7 > generated.jsonl`

use std::error::Error;
use std::io::{BufWriter, Write, stdout};

use wirecopy::generate::{Generator, GeneratorConfig};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(documents), Some(seed)) = (args.next(), args.next()) else {
        return Err("usage: generate DOCUMENTS SEED".into());
    };
    let generator = Generator::new(GeneratorConfig { documents: documents.parse()?, seed: seed.parse()? });
    let mut out = BufWriter::new(stdout().lock());
    for document in generator.iter() {
        serde_json::to_writer(&mut out, &document)?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}
