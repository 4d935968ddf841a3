//! Prints the library's log messages to standard error, as `warning: …`.

use std::fmt;
use std::io::{self, Write};

use anyhow::anyhow;
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::registry::LookupSpan;

use super::args::GlobalArgs;
use super::bars::Bars;
use super::terminal;

/// Environment variable with the log level. `-q` and `-v` override it.
pub(super) const VARIABLE: &str = "WIRECOPY_LOG";

/// Installs the subscriber that prints messages to standard error, above the progress bars.
///
/// # Errors
/// Fails if the value of `WIRECOPY_LOG` is not a log level.
pub(super) fn start(global: &GlobalArgs, bars: &Bars) -> anyhow::Result<()> {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level(global)?)
        .with_ansi(terminal::color_on_stderr(global.color))
        .event_format(Plain)
        .with_writer(AboveBars(bars.clone()))
        .finish();
    // Fails only if a subscriber is already set, and then that one is used.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

fn level(global: &GlobalArgs) -> anyhow::Result<LevelFilter> {
    Ok(match (global.quiet, global.verbose) {
        (true, _) => LevelFilter::ERROR,
        (false, 1) => LevelFilter::INFO,
        (false, 2) => LevelFilter::DEBUG,
        (false, 3..) => LevelFilter::TRACE,
        (false, 0) => match std::env::var(VARIABLE) {
            Ok(name) if !name.is_empty() => name.parse().map_err(|_| {
                anyhow!("{VARIABLE}: expected off, error, warn, info, debug or trace, found `{name}`")
            })?,
            _ => LevelFilter::WARN,
        },
    })
}

/// Formats an event as `warning: text`, without time and module.
struct Plain;

impl<S, N> FormatEvent<S, N> for Plain
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        ctx: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let (label, color) = match *event.metadata().level() {
            Level::ERROR => ("error: ", "1;31"),
            Level::WARN => ("warning: ", "1;33"),
            Level::INFO => ("", ""),
            Level::DEBUG => ("debug: ", "2"),
            Level::TRACE => ("trace: ", "2"),
        };
        if out.has_ansi_escapes() && !label.is_empty() {
            write!(out, "\u{1b}[{color}m{label}\u{1b}[0m")?;
        } else {
            out.write_str(label)?;
        }
        ctx.field_format().format_fields(out.by_ref(), event)?;
        writeln!(out)
    }
}

/// Standard error, with the progress bars hidden while a line is written.
struct AboveBars(Bars);

impl<'a> MakeWriter<'a> for AboveBars {
    type Writer = LineWriter<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        LineWriter(&self.0)
    }
}

/// Writes one message.
struct LineWriter<'a>(&'a Bars);

impl Write for LineWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.aside(|| io::stderr().lock().write_all(bytes))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
