//! Who is what, and who may do what.

use super::{Access, Role};
use crate::domain::ids::{ChatId, UserId};

const OWNER: UserId = UserId(1);
const MEMBER: UserId = UserId(2);
const NOBODY: UserId = UserId(3);
const LISTED: ChatId = ChatId(-100);
const OTHER: ChatId = ChatId(-200);

fn access() -> Access {
    Access { owners: [OWNER].into(), members: [MEMBER].into(), chats: [LISTED].into() }
}

#[test]
fn roles() {
    let table = [
        (OWNER, LISTED, Role::Owner),
        (OWNER, OTHER, Role::Owner),
        (OWNER, ChatId(1), Role::Owner),
        (MEMBER, LISTED, Role::Member),
        (MEMBER, OTHER, Role::Member),
        (MEMBER, ChatId(2), Role::Member),
        (NOBODY, LISTED, Role::Guest),
        (NOBODY, OTHER, Role::Stranger),
        (NOBODY, ChatId(3), Role::Stranger),
    ];
    for (user, chat, role) in table {
        assert_eq!(access().role(user, chat), role, "{user} in {chat}");
        assert_eq!(access().may_use(user, chat), role != Role::Stranger, "{user} in {chat}");
    }
}

#[test]
fn who_is_on_both_lists_is_an_owner() {
    let access = Access { members: [OWNER].into(), ..access() };
    assert_eq!(access.role(OWNER, OTHER), Role::Owner);
}

#[test]
fn empty_lists_mean_nobody() {
    let nobody = Access::default();
    for user in [OWNER, MEMBER, NOBODY, UserId(0), UserId(-100)] {
        for chat in [LISTED, OTHER, ChatId(user.0), ChatId(0)] {
            assert_eq!(nobody.role(user, chat), Role::Stranger);
            assert!(!nobody.may_use(user, chat));
            assert!(!nobody.may_approve(user, chat, user));
            assert!(!nobody.may_control(user, chat, user));
        }
    }
}

#[test]
fn a_listed_group_makes_nobody_an_approver() {
    let access = Access { chats: [LISTED].into(), ..Access::default() };
    assert!(access.may_use(NOBODY, LISTED));
    assert!(!access.may_approve(NOBODY, LISTED, NOBODY));
}

#[test]
fn who_may_approve_and_who_may_control() {
    // user, chat, requester; may approve, may control
    let table = [
        (OWNER, LISTED, MEMBER, true, true),
        (OWNER, OTHER, NOBODY, true, true),
        (MEMBER, LISTED, MEMBER, true, true),
        (MEMBER, OTHER, MEMBER, true, true),
        (MEMBER, LISTED, OWNER, false, false),
        (MEMBER, LISTED, NOBODY, false, false),
        (NOBODY, LISTED, NOBODY, false, true),
        (NOBODY, LISTED, MEMBER, false, false),
        (NOBODY, OTHER, NOBODY, false, false),
        (NOBODY, OTHER, MEMBER, false, false),
    ];
    for (user, chat, requester, approve, control) in table {
        let case = format!("{user} in {chat}, {requester} asked");
        assert_eq!(access().may_approve(user, chat, requester), approve, "{case}");
        assert_eq!(access().may_control(user, chat, requester), control, "{case}");
    }
}
