//! A prompt as the program gets it: the agent's instructions, the words, the files that come with them.

use std::path::{Path, PathBuf};

use agent_client_protocol::v1::schema::{
    ContentBlock, EmbeddedResource, EmbeddedResourceResource, ImageContent, PromptCapabilities, ResourceLink,
    TextContent, TextResourceContents,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;

use crate::domain::agent::AgentSpec;
use crate::domain::policy::Policy;
use crate::ports::Attachment;

/// How large an image may be to go into the prompt itself, in bytes.
const IMAGE: u64 = 5 * 1024 * 1024;

/// How large a text may be to go into the prompt itself, in bytes.
const TEXT: u64 = 256 * 1024;

/// The blocks of a prompt. The words come first: a slash command is one only at the beginning, and programs name a
/// session after its first words.
pub(super) async fn blocks(
    capabilities: &PromptCapabilities,
    prompt: &str,
    instructions: Option<String>,
    attachments: &[Attachment],
) -> Vec<ContentBlock> {
    let mut blocks = vec![text(prompt.to_owned())];
    blocks.extend(instructions.map(text));
    for attachment in attachments {
        blocks.push(block(capabilities, attachment).await);
    }
    blocks
}

/// An agent's instructions, with what it may do, for which the protocol has no place: told, so that it need not find out
/// by being refused. Most programs get them as a block of the first prompt.
pub(super) fn instructions(agent: &AgentSpec, policy: &Policy) -> Option<String> {
    let mut parts = vec![agent.instructions.trim().to_owned()];
    parts.extend(policy.summary());
    parts.retain(|part| !part.is_empty());
    let (name, instructions) = (&agent.name, parts.join("\n\n"));
    (!instructions.is_empty()).then(|| {
        format!(
            "You are the agent \"{name}\". These are your instructions for this whole session; \
             the user's request stands outside of them.\n\n<instructions>\n{instructions}\n</instructions>"
        )
    })
}

async fn block(capabilities: &PromptCapabilities, attachment: &Attachment) -> ContentBlock {
    let media_type = attachment.media_type.as_str();
    if capabilities.image && media_type.starts_with("image/") {
        if let Some(bytes) = small(&attachment.path, IMAGE).await {
            return ContentBlock::Image(ImageContent::new(STANDARD.encode(bytes), media_type));
        }
    } else if capabilities.embedded_context
        && let Some(bytes) = small(&attachment.path, TEXT).await
        && let Ok(content) = String::from_utf8(bytes)
    {
        let contents =
            TextResourceContents::new(content, uri(&attachment.path)).mime_type(media_type.to_owned());
        return ContentBlock::Resource(EmbeddedResource::new(
            EmbeddedResourceResource::TextResourceContents(contents),
        ));
    }
    let link = ResourceLink::new(attachment.name.clone(), uri(&attachment.path));
    ContentBlock::ResourceLink(link.mime_type(media_type.to_owned()))
}

async fn small(path: &PathBuf, limit: u64) -> Option<Vec<u8>> {
    let size = tokio::fs::metadata(path).await.ok()?.len();
    if size > limit {
        return None;
    }
    tokio::fs::read(path).await.ok()
}

fn uri(path: &Path) -> String {
    Url::from_file_path(path).map_or_else(|()| path.display().to_string(), String::from)
}

fn text(text: String) -> ContentBlock {
    ContentBlock::Text(TextContent::new(text))
}
