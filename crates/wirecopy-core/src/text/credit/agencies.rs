//! The table of agencies: `data/agencies.tsv`, and a file of the user's laid over it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use super::phrases::Phrases;
use crate::{Error, Result, table};

const SHIPPED: &str = include_str!("../../../../../data/agencies.tsv");

static AGENCIES: LazyLock<Arc<Agencies>> = LazyLock::new(|| {
    let mut agencies = Agencies::default();
    table::shipped(agencies.add(SHIPPED).map_err(|(line, message)| format!("line {line}: {message}")));
    Arc::new(agencies)
});

/// Agencies and the names that they go by.
#[derive(Clone, Debug, Default)]
pub struct Agencies {
    names: Vec<String>,
    pub(super) phrases: Phrases<Name>,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// The agency.
    pub(super) agency: u16,
    /// Whether the name is also an ordinary word or another thing.
    pub(super) weak: bool,
}

impl Agencies {
    /// The table that is compiled into the program.
    pub fn shipped() -> Arc<Self> {
        Arc::clone(&AGENCIES)
    }

    /// The same, for those who ask once a line.
    pub(super) fn shipped_ref() -> &'static Self {
        &AGENCIES
    }

    /// The shipped table, with the rows of a file added where one is given.
    ///
    /// # Errors
    /// As for [`Agencies::with_file`].
    pub fn of(path: Option<&Path>) -> Result<Arc<Self>> {
        path.map_or_else(|| Ok(Self::shipped()), Self::with_file)
    }

    /// The shipped table with the rows of a file of the same form added: new agencies, and more names of known ones. A
    /// name that the shipped table gives to another agency is the file's from then on.
    ///
    /// # Errors
    /// [`Error::Io`] when the file cannot be read; [`Error::Format`], with the line, when a row is not of the form.
    pub fn with_file(path: &Path) -> Result<Arc<Self>> {
        let text =
            std::fs::read_to_string(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
        let mut agencies = Self::clone(&AGENCIES);
        agencies.add(text.trim_start_matches('\u{feff}')).map_err(|(line, message)| Error::Format {
            path: path.to_owned(),
            line: Some(line),
            message,
        })?;
        Ok(Arc::new(agencies))
    }

    /// The name that reports use.
    pub(super) fn name(&self, agency: u16) -> &str {
        self.names.get(usize::from(agency)).map_or("", String::as_str)
    }

    fn add(&mut self, table: &str) -> std::result::Result<(), (u64, String)> {
        // Who claims a name in this table, so that two claims are an error rather than a riddle.
        let mut claims: HashMap<String, u16> = HashMap::new();
        for (line, row) in table::lines(table) {
            let fail = |message: String| Err((line, message));
            let mut columns = row.split('\t').map(str::trim);
            let name = columns.next().unwrap_or_default();
            if !name.chars().any(char::is_alphabetic) {
                return fail(format!("expected the name of an agency, found `{name}`"));
            }
            let agency = match self.names.iter().position(|known| known == name) {
                Some(at) => at,
                None => {
                    self.names.push(name.to_owned());
                    self.names.len() - 1
                }
            };
            let Ok(agency) = u16::try_from(agency) else {
                return fail("more than 65,535 agencies".to_owned());
            };
            let mut spellings: Vec<&str> = columns.collect();
            if spellings.first() == Some(&"=") {
                spellings.remove(0);
            } else {
                spellings.insert(0, name);
            }
            for spelling in spellings {
                let weak = spelling.starts_with('~');
                let spelling = spelling.trim_start_matches('~');
                if spelling.chars().filter(|c| c.is_alphabetic()).count() < 2 {
                    return fail(format!("expected a name of two letters or more, found `{spelling}`"));
                }
                match claims.insert(spelling.to_owned(), agency) {
                    Some(other) if other != agency => {
                        return fail(format!("`{spelling}` is a name of {} already", self.name(other)));
                    }
                    _ => self.phrases.insert(spelling, false, Name { agency, weak }),
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_table_is_well_formed() {
        let mut agencies = Agencies::default();
        assert_eq!(agencies.add(SHIPPED), Ok(()));
        assert!(agencies.names.len() > 100, "{}", agencies.names.len());
    }

    #[test]
    fn a_bad_row_is_named_by_its_line() {
        let mut agencies = Agencies::default();
        assert_eq!(agencies.add("# x\n\nVelwire\tVelmark Wire\n").map_err(|(line, _)| line), Ok(()));
        for (table, line) in
            [("A\tB\n123\tx", 1), ("Velwire\n\tVW", 2), ("Velwire\tVW\nVendor\tVW", 2), ("Vel\t\n", 1)]
        {
            let found = Agencies::default().add(table).map_err(|(line, _)| line);
            assert_eq!(found, Err(line), "{table:?}");
        }
    }
}
