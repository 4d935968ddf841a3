//! What researchers download: exports of Nexis, Factiva, Europresse and ProQuest, and mail.

use std::io::BufRead;
use std::ops::ControlFlow;

use crate::{Emit, Form, Limits};

/// Reads an export.
pub(crate) fn read(
    form: Form,
    input: &mut dyn BufRead,
    limits: Limits,
    emit: &mut Emit<'_>,
) -> ControlFlow<()> {
    let _ = (form, input, limits, emit);
    ControlFlow::Continue(())
}

/// Returns the form of a file that begins with `head`.
pub(crate) fn form_of(head: &[u8]) -> Option<Form> {
    let _ = head;
    None
}
