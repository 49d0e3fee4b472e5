//! What a button carries fits, comes back, and cannot be made up.

use proptest::prelude::*;

use super::*;

fn press() -> impl Strategy<Value = Press> {
    let task = || any::<i64>().prop_map(TaskId);
    let key = || any::<u64>().prop_map(NameKey);
    let choice = prop_oneof![
        Just(Choice::Allow),
        Just(Choice::AlwaysMenu),
        Just(Choice::AlwaysExact),
        Just(Choice::AlwaysPattern),
        Just(Choice::Back),
        Just(Choice::Deny),
    ];
    prop_oneof![
        task().prop_map(Press::Stop),
        task().prop_map(Press::Retry),
        task().prop_map(Press::Continue),
        task().prop_map(Press::Log),
        task().prop_map(Press::RunNext),
        task().prop_map(Press::Drop),
        task().prop_map(Press::Steer),
        task().prop_map(Press::Wait),
        key().prop_map(Press::PickSession),
        (any::<u128>(), any::<u32>(), choice).prop_map(|(id, nonce, choice)| Press::Approval {
            id: ApprovalId(Uuid::from_u128(id)),
            nonce: Nonce(nonce),
            choice,
        }),
        (task(), any::<u32>(), any::<u8>()).prop_map(|(task, question, option)| Press::Answer {
            task,
            question,
            option
        }),
        key().prop_map(Press::PickAgent),
        key().prop_map(Press::TryAgent),
        any::<u16>().prop_map(Press::AgentsPage),
        any::<u16>().prop_map(Press::BrowseAgents),
        key().prop_map(Press::ShowAgent),
        key().prop_map(Press::UseAgent),
        key().prop_map(Press::ReleaseAgent),
        key().prop_map(Press::UseVersion),
        key().prop_map(Press::KeepVersion),
        key().prop_map(Press::PickWorkspace),
        prop::option::of(key()).prop_map(Press::PickEngine),
        task().prop_map(Press::TasksBefore),
        task().prop_map(Press::ShowTask),
        prop_oneof![Just(Detail::Brief), Just(Detail::Normal), Just(Detail::Full)].prop_map(Press::SetDetail),
        prop_oneof![Just(Rings::All), Just(Rings::Questions), Just(Rings::Nothing)].prop_map(Press::SetRings),
        prop_oneof![
            task().prop_map(Press::RetryStep),
            task().prop_map(Press::SkipStep),
            any::<i64>().prop_map(|id| Press::StopChain(ChainId(id))),
            any::<i64>().prop_map(|id| Press::StopRace(RaceId(id))),
            task().prop_map(Press::Keep),
            task().prop_map(Press::Discard),
            task().prop_map(Press::Merge),
            any::<i64>().prop_map(|id| Press::KeepNone(RaceId(id))),
            (task(), key()).prop_map(|(task, handoff)| Press::HandOff { task, handoff }),
            (task(), any::<u16>()).prop_map(|(task, page)| Press::PassOn { task, page }),
            (task(), key()).prop_map(|(task, agent)| Press::PassTo { task, agent }),
            task().prop_map(Press::ShowAnswer),
        ],
    ]
}

proptest! {
    #[test]
    fn every_press_fits_and_comes_back(press in press()) {
        let data = encode(&press);
        prop_assert!(data.len() <= 64, "{} bytes: {data}", data.len());
        prop_assert!(data.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_')), "{data}");
        prop_assert_eq!(decode(&data), Some(press));
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = decode(&text);
    }

    #[test]
    fn what_is_read_was_written_just_so(text in "1h?[a-z](\\.[-+0-9a-fA-Fmnoqwxy]{0,33}){0,4}") {
        if let Some(press) = decode(&text) {
            prop_assert_eq!(encode(&press), text);
        }
    }
}

#[test]
fn the_form_stays_the_same_for_buttons_already_sent() {
    let approval = ApprovalId(Uuid::from_u128(0x0192_a0b1_c2d3_7e4f_8a9b_0c1d_2e3f_4051));
    let cases = [
        (Press::Stop(TaskId(42)), "1s.42"),
        (Press::Retry(TaskId(42)), "1r.42"),
        (Press::Log(TaskId(42)), "1l.42"),
        (Press::RunNext(TaskId(42)), "1n.42"),
        (Press::Drop(TaskId(42)), "1d.42"),
        (Press::Steer(TaskId(42)), "1i.42"),
        (Press::Wait(TaskId(42)), "1m.42"),
        (Press::BrowseAgents(3), "1f.3"),
        (Press::ShowAgent(NameKey(0xab)), "1h.s.00000000000000ab"),
        (Press::UseAgent(NameKey(0xab)), "1h.u.00000000000000ab"),
        (Press::ReleaseAgent(NameKey(0xab)), "1h.r.00000000000000ab"),
        (Press::UseVersion(NameKey(0xab)), "1y.u.00000000000000ab"),
        (Press::KeepVersion(NameKey(0xab)), "1y.k.00000000000000ab"),
        (Press::PickSession(NameKey(0xab)), "1k.00000000000000ab"),
        (
            Press::Approval { id: approval, nonce: Nonce(0xbeef), choice: Choice::Allow },
            "1a.0192a0b1c2d37e4f8a9b0c1d2e3f4051.0000beef.y",
        ),
        (Press::Answer { task: TaskId(7), question: 2, option: 0 }, "1q.7.2.0"),
        (Press::PickAgent(NameKey(0xab)), "1p.00000000000000ab"),
        (Press::AgentsPage(3), "1g.3"),
        (Press::PickWorkspace(NameKey(0xab)), "1w.00000000000000ab"),
        (Press::PickEngine(Some(NameKey(0xab))), "1e.00000000000000ab"),
        (Press::PickEngine(None), "1e.own"),
        (Press::TasksBefore(TaskId(9)), "1b.9"),
        (Press::ShowTask(TaskId(9)), "1t.9"),
        (Press::SetDetail(Detail::Full), "1v.f"),
        (Press::SetRings(Rings::Questions), "1o.q"),
        (Press::RetryStep(TaskId(42)), "1hr.42"),
        (Press::SkipStep(TaskId(42)), "1hs.42"),
        (Press::StopChain(ChainId(7)), "1hc.7"),
        (Press::StopRace(RaceId(7)), "1hx.7"),
        (Press::Keep(TaskId(42)), "1hk.42"),
        (Press::Discard(TaskId(42)), "1hd.42"),
        (Press::Merge(TaskId(42)), "1hm.42"),
        (Press::KeepNone(RaceId(7)), "1hn.7"),
        (Press::HandOff { task: TaskId(42), handoff: NameKey(0xab) }, "1ho.42.00000000000000ab"),
        (Press::PassOn { task: TaskId(42), page: 3 }, "1hp.42.3"),
        (Press::PassTo { task: TaskId(42), agent: NameKey(0xab) }, "1ht.42.00000000000000ab"),
        (Press::ShowAnswer(TaskId(42)), "1ha.42"),
    ];
    for (press, data) in cases {
        assert_eq!(encode(&press), data);
        assert_eq!(decode(data), Some(press));
    }
}

#[test]
fn forged_or_foreign_data_is_no_press() {
    for data in [
        "",
        "1",
        "1s",
        "1s.",
        "1s.x",
        "1s.1.2",
        "1s. 1",
        "1s.+1",
        "1s.01",
        "2s.1",
        "1z.1",
        "1sé.1",
        "stop:1",
        "1q.1.2",
        "1q.1.2.256",
        "1a.0192a0b1c2d37e4f8a9b0c1d2e3f4051.0000BEEF.y",
        "1a.0192a0b1-c2d3-7e4f-8a9b-0c1d2e3f4051.0000beef.y",
        "1a.0192a0b1c2d37e4f8a9b0c1d2e3f4051.0000beef.z",
        "1p.ab",
        "1s.9223372036854775808",
    ] {
        assert_eq!(decode(data), None, "{data:?}");
    }
}
