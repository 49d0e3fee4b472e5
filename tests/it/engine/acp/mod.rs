//! The `acp` engine with programs that behave in all sorts of ways.

#[allow(dead_code)]
mod agent;
#[allow(dead_code)]
mod bench;

#[tokio::test]
async fn scratch() {
    use adjutant::domain::approval::Decision;
    let Ok(command) = std::env::var("ACP_CMD") else { return };
    let mut program = bench::program("end");
    program.command = command.split(' ').map(str::to_owned).collect();
    program.env = std::env::vars().filter(|(n, _)| n.starts_with("CODEX") || n == "FAKE_KEY").collect();
    let mut bench = bench::start(program);
    bench.decide(Decision::Allow).await;
    eprintln!("{:?}", bench.ending().await);
    eprintln!("{:#?}", bench.seen);
    eprintln!("{:?}", bench.file("x.txt"));
}
