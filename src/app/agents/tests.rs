//! What is read anew when files of agents change, and when changes were missed.

use notify::Event;
use notify::event::Flag;

use super::*;

fn put(path: &Path, name: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, format!("---\nname: {name}\ndescription: Works.\n---\n")).unwrap();
}

fn files(root: &Path) -> AgentFiles {
    let library = Library::load(&Places::shared(&[root.to_owned()]));
    let latest = agents(&library.catalog());
    AgentFiles { library, built_in: Vec::new(), latest }
}

fn names(agents: Option<Agents>) -> Vec<String> {
    agents.into_iter().flat_map(|agents| agents.list).map(|agent| agent.name.clone()).collect()
}

#[test]
fn what_changes_before_it_is_watched_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(&root.join("a.md"), "before");
    let mut files = files(root);
    put(&root.join("a.md"), "after");
    put(&root.join("one/two/b.md"), "deep");
    let (heard, _events) = mpsc::unbounded_channel();
    let mut watched = Watched::new(heard).unwrap();
    assert_eq!(names(catch_up(&mut files, &mut watched)), ["after", "deep"]);
    assert_eq!(watched.directories, BTreeSet::from(["", "one", "one/two"].map(|path| root.join(path))));
    assert!(catch_up(&mut files, &mut watched).is_none(), "nothing is new");
}

#[test]
fn folders_below_one_that_has_changed_are_watched_anew() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    put(&root.join("one/two/a.md"), "a");
    let (heard, _events) = mpsc::unbounded_channel();
    let mut watched = Watched::new(heard).unwrap();
    let all = ["", "one", "one/two"].map(|path| root.join(path));
    watched.follow(all.to_vec());
    watched.forget(&[root.join("one")]);
    assert_eq!(watched.follow(all.to_vec()), all[1..]);
    watched.forget(&[]);
    assert_eq!(watched.follow(all.to_vec()), all);
}

#[tokio::test]
async fn after_something_was_missed_all_is_read_again() {
    let missed = Event::new(EventKind::Other).set_flag(Flag::Rescan);
    let known = Event::new(EventKind::Any).add_path("/agents/a.md".into());
    let (heard, mut events) = mpsc::unbounded_channel();
    for event in [known.clone(), missed] {
        changes(Ok(event)).into_iter().for_each(|heard_now| heard.send(heard_now).unwrap());
    }
    drop(heard);
    let first = events.recv().await.unwrap();
    assert!(together(first, &mut events).await.is_empty());
    let Some(first) = changes(Ok(known)).pop() else { panic!("a change was not heard") };
    assert_eq!(together(first, &mut events).await, [PathBuf::from("/agents/a.md")]);
}
