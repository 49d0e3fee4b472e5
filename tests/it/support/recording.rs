//! The bot's calls, kept for `tests/third_party/check_calls.py`.

use std::io::Write;

use adjutant::playground::Sim;

/// Writes the calls of a world that ends into a new file of the directory that ADJUTANT_RECORD_CALLS names, if it does.
pub(super) fn keep(sim: &Sim) {
    let Some(directory) = std::env::var_os("ADJUTANT_RECORD_CALLS") else { return };
    let mut file = tempfile::Builder::new().prefix("calls-").suffix(".jsonl").tempfile_in(directory).unwrap();
    for call in sim.calls(0).calls {
        writeln!(file, "{}", serde_json::to_string(&call).unwrap()).unwrap();
    }
    file.keep().unwrap();
}
