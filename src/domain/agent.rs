//! placeholder
/// placeholder
#[derive(Debug, Clone)]
pub struct AgentSpec {
    /// n
    pub name: String,
}
