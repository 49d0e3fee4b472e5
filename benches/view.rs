//! How long it takes to render and split what agents write: a short answer and a very long one.

use std::hint::black_box;

use adjutant::view::markdown::markdown;
use adjutant::view::split::{MESSAGE_LIMIT, split};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// 230 bytes with one of everything.
const SAMPLE: &str = "# Plan 😀\nHello **bold _it_** `x<y`\n\n- a\n  1. b **c**\n- [ ] todo\n\n> quote *q*\n\n\
    ```rust\nfn main() { println!(\"<>&_*\"); }\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n\
    [l](https://e.org/a_(b)) snake_case 1.5 - ok! ~~s~~ __init__.py *unclosed\n\n";

fn view(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("view");
    for (name, times) in [("answer", 20), ("flood", 4000)] {
        let source = SAMPLE.repeat(times);
        let rendered = markdown(&source);
        group.throughput(Throughput::Bytes(source.len() as u64));
        group.bench_function(format!("markdown/{name}"), |bencher| {
            bencher.iter(|| markdown(black_box(&source)));
        });
        group.bench_function(format!("split/{name}"), |bencher| {
            bencher.iter(|| split(black_box(&rendered), MESSAGE_LIMIT));
        });
    }
    group.finish();
}

criterion_group!(benches, view);
criterion_main!(benches);
