//! The command line program: the only place that prints.
