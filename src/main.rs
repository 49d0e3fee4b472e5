//! The `adjutant` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    // Before anything else: the guard of an engine's processes is a small program of its own.
    if arguments.next().is_some_and(|first| first == "guard") {
        return adjutant::engines::guard::run(arguments);
    }
    adjutant::cli::main()
}
