//! Which fault meets which call.

use super::*;

#[test]
fn a_fault_meets_as_many_calls_as_ordered() {
    let mut faults = Faults::default();
    faults.order(Fault::next("sendMessage", FaultKind::Internal).times(2), 0);
    let met: Vec<_> = (0..3).map(|_| faults.meet("sendMessage", Some(1), 0)).collect();
    assert_eq!(met, [Some(Mishap::Internal), Some(Mishap::Internal), None]);
}

#[test]
fn a_fault_keeps_to_its_method_and_chat() {
    let mut faults = Faults::default();
    faults.order(Fault::next("sendmessage", FaultKind::ResetAfter).in_chat(5), 0);
    assert_eq!(faults.meet("editMessageText", Some(5), 0), None);
    assert_eq!(faults.meet("sendMessage", Some(6), 0), None);
    assert_eq!(faults.meet("sendMessage", None, 0), None);
    assert_eq!(faults.meet("sendMessage", Some(5), 0), Some(Mishap::ResetAfter));
}

#[test]
fn a_ban_counts_down_and_ends() {
    let mut faults = Faults::default();
    faults.order(Fault::ban(5, 10_000), 0);
    let told: Vec<_> = [0, 1, 9_000, 9_001, 10_000]
        .iter()
        .map(|now| faults.meet("editMessageText", Some(5), *now))
        .collect();
    let wait = |seconds| Some(Mishap::TooMany { seconds });
    assert_eq!(told, [wait(10), wait(10), wait(1), wait(1), None]);
}

#[test]
fn orders_are_used_up_in_turn_and_can_be_taken_back() {
    let mut faults = Faults::default();
    faults.order(Fault::next("*", FaultKind::ResetBefore), 0);
    faults.order(Fault { retry_after: Some(30), ..Fault::next("*", FaultKind::TooMany) }, 0);
    assert_eq!(faults.meet("getMe", None, 0), Some(Mishap::ResetBefore));
    assert_eq!(faults.meet("getMe", None, 0), Some(Mishap::TooMany { seconds: 30 }));
    faults.order(Fault::next("*", FaultKind::Delay), 0);
    faults.clear();
    assert_eq!(faults.meet("getMe", None, 0), None);
}
