//! Skills in an agent's instructions: their text, and where their other files are, to be read when they are needed.

use std::path::{Path, PathBuf};

use super::extend::paragraphs;
use super::read::Definition;
use super::scan::OF_SKILLS;
use crate::domain::agent::AgentSpec;

/// As many files of a skill are named.
const MAX_FILES: usize = 50;

/// Folders inside of a skill's folder; what lies deeper is not named.
const MAX_DEPTH: usize = 3;

/// Adds a skill's text to an agent.
pub(super) fn preload(agent: &mut AgentSpec, skill: &Definition) {
    let text = format!("# Skill: {}\n\n{}", skill.agent.name, skill.agent.instructions);
    agent.instructions = paragraphs(&agent.instructions, text.trim());
    refer(agent, skill);
}

/// Tells the agent where the skill's other files are.
pub(super) fn refer(agent: &mut AgentSpec, skill: &Definition) {
    let Some(folder) = skill.agent.source.path.parent().filter(|_| !skill.files.is_empty()) else { return };
    let text = format!(
        "Further files of this skill lie in {}. Read one when you need it: {}.",
        folder.display(),
        skill.files.join(", ")
    );
    agent.instructions = paragraphs(&agent.instructions, &text);
    if !agent.references.iter().any(|known| known == folder) {
        agent.references.push(folder.to_owned());
    }
}

/// The other files of the skill whose `SKILL.md` this is, relative to its folder, by path. Links are not followed. Of a folder
/// that it shares with agents, only those in a skill's usual folders.
pub(super) fn files(skill: &Path, shared: bool) -> Vec<String> {
    let Some(folder) = skill.parent() else { return Vec::new() };
    let mut files = Vec::new();
    if shared {
        let is_folder = |path: &PathBuf| path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
        let folders = OF_SKILLS.iter().map(|own| folder.join(own)).filter(is_folder);
        folders.for_each(|own| collect(&own, 1, &mut files));
    } else {
        collect(folder, 0, &mut files);
    }
    let mut names: Vec<String> = files
        .iter()
        .filter(|file| *file != skill)
        .filter_map(|file| Some(file.strip_prefix(folder).ok()?.to_str()?.to_owned()))
        // It becomes part of the instructions.
        .filter(|name| !name.contains(char::is_control))
        .collect();
    names.sort();
    names.truncate(MAX_FILES);
    names
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    // A folder that cannot be read has no files for the agent, either.
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if files.len() > MAX_FILES || entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_file() => files.push(entry.path()),
            Ok(kind) if kind.is_dir() && depth < MAX_DEPTH => collect(&entry.path(), depth + 1, files),
            Ok(_) | Err(_) => {}
        }
    }
}
