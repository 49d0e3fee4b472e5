//! From pressing Stop until nothing of the task's processes is left.

use adjutant::playground::Tap;

use crate::processes::with_mark;
use crate::report::Row;
use crate::rig::{Rig, Scale, person, until};
use crate::stats::Sample;

/// A tree that ends when it is asked to, and one that does not.
fn agents(mark: &str) -> [(&'static str, String); 2] {
    let run = |command: &str| format!("- run: {{ command: '{command}', ask: false }}");
    let tree = format!(
        "sleep {mark} & setsid sleep {mark} & nohup sh -c \"sleep {mark}; true\" >/dev/null & sleep {mark}"
    );
    let stubborn = format!(
        "trap \"\" TERM INT HUP; setsid sh -c \"trap \\\"\\\" TERM; sleep {mark}; sleep {mark}\" & sleep {mark}; sleep {mark}"
    );
    [("tree", run(&tree)), ("stubborn", run(&stubborn))]
}

pub(crate) async fn pressed(scale: Scale) -> Vec<Row> {
    let mark = format!("3000.{:08}", std::process::id());
    let count = scale.of(20);
    let rig = Rig::started(count + 1, &agents(&mark)).await;
    let mut times = Vec::new();
    for at in 0..count {
        let agent = if at % 2 == 0 { "tree" } else { "stubborn" };
        rig.ask(person(at), &format!("/agent {agent} go")).await;
        until("its processes run", async || with_mark(&mark).len() >= 4).await;
        let card = rig.said(person(at)).first().map(|card| card.message_id).unwrap();
        rig.sim.tap(&Tap::label(person(at), person(at), card, "Stop")).unwrap();
        times.push(until("they are gone", async || with_mark(&mark).is_empty()).await);
    }
    let left = with_mark(&mark).len();
    rig.end().await;
    let times = Sample::of(times);
    vec![
        Row::at_most(
            "Stop pressed → whole process tree gone, longest",
            3.0,
            times.longest().as_secs_f64(),
            "s",
        ),
        Row::info("… median", times.median().as_secs_f64(), "s"),
        Row::at_most("… processes left behind", 0.0, left as f64, ""),
    ]
}
