//! What each place and each person chose comes back.

use super::*;
use crate::domain::conversation::{Browsing, Conversation, Detail, Offered, Rings, Session, Settings};
use crate::domain::dialogue::Dialogue;
use crate::domain::event::Usage;
use crate::domain::ids::SessionId;

fn chosen(place: Place) -> Conversation {
    Conversation {
        bound: true,
        browsing: Browsing { search: "go".to_owned(), page: 2 },
        place,
        agent: Some("reviewer".to_owned()),
        workspace: Some("api".to_owned()),
        engine: None,
        session: Some(Session {
            id: SessionId("s-1".to_owned()),
            agent: "reviewer".to_owned(),
            engine: "claude".to_owned(),
            workspace: "api".to_owned(),
            usage: Usage { cost_usd: Some(0.5), tokens: Some(7) },
        }),
        renewed_at: Some(NOW),
        offered: Some(Offered {
            agent: "reviewer".to_owned(),
            engine: "claude".to_owned(),
            workspace: "api".to_owned(),
            commands: vec!["compact".to_owned()],
        }),
        aside: vec![Session {
            id: SessionId("s-0".to_owned()),
            agent: "reviewer".to_owned(),
            engine: "codex".to_owned(),
            workspace: "api".to_owned(),
            usage: Usage::default(),
        }],
        settings: Settings { detail: Detail::Full, rings: Rings::Questions },
    }
}

#[tokio::test]
async fn each_place_keeps_what_it_chose() {
    let store = memory().await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.conversation(CHAT).await.unwrap(), Conversation::new(CHAT));
    tx.save_conversation(&chosen(TOPIC), NOW).await.unwrap();
    assert_eq!(tx.conversation(TOPIC).await.unwrap(), chosen(TOPIC));
    assert_eq!(tx.conversation(CHAT).await.unwrap(), Conversation::new(CHAT));

    let changed = Conversation { session: None, agent: None, ..chosen(TOPIC) };
    tx.save_conversation(&changed, NOW).await.unwrap();
    assert_eq!(tx.conversation(TOPIC).await.unwrap(), changed);
}

#[tokio::test]
async fn each_person_has_their_own_dialogue() {
    let store = memory().await;
    let states = [
        Dialogue::PickingAgent,
        Dialogue::PickingWorkspace,
        Dialogue::AwaitingPrompt { agent: "reviewer".to_owned() },
        Dialogue::Answering { task: TaskId(3), question: 1 },
    ];
    let mut tx = store.begin().await.unwrap();
    for state in states {
        tx.save_dialogue(TOPIC, USER, &state, NOW).await.unwrap();
        assert_eq!(tx.dialogue(TOPIC, USER).await.unwrap(), state);
        assert_eq!(tx.dialogue(TOPIC, UserId(6)).await.unwrap(), Dialogue::Idle);
        assert_eq!(tx.dialogue(CHAT, USER).await.unwrap(), Dialogue::Idle);
    }
    tx.save_dialogue(TOPIC, USER, &Dialogue::Idle, NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(count(&store, "dialogues").await, 0);
}

#[tokio::test]
async fn what_another_version_wrote_is_forgotten() {
    let store = memory().await;
    let mut tx = store.begin().await.unwrap();
    tx.save_dialogue(CHAT, USER, &Dialogue::PickingAgent, NOW).await.unwrap();
    tx.save_conversation(&chosen(CHAT), NOW).await.unwrap();
    sqlx::query(r#"UPDATE dialogues SET state = '{"state":"dancing"}'"#)
        .execute(&mut *tx.inner)
        .await
        .unwrap();
    sqlx::query(r#"UPDATE conversations SET session = '7', offers = '[]', settings = '{"detail":"poem"}'"#)
        .execute(&mut *tx.inner)
        .await
        .unwrap();
    assert_eq!(tx.dialogue(CHAT, USER).await.unwrap(), Dialogue::Idle);
    let expected =
        Conversation { session: None, offered: None, settings: Settings::default(), ..chosen(CHAT) };
    assert_eq!(tx.conversation(CHAT).await.unwrap(), expected);
}
