//! Bounds of parsing and rendering. Hitting one is an [`crate::Error`], never a hang.

/// Bytes of a template: 300 KB ("Quotas for configuring and running a REST API in API Gateway",
/// "API Gateway mapping template size").
pub const TEMPLATE_BYTES_MAX: usize = 300 * 1024;

/// Depth of brackets, blocks and interpolated strings inside each other. Ours: AWS names none,
/// the JVM ends at its stack. A level costs below 8 KB of stack in a debug build.
pub const NESTING_MAX: usize = 100;

/// Bytes of literal texts that a parsed template keeps beside its source. Ours.
pub const LITERAL_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Depth of macro calls: 20, Velocity's `velocimacro.max.depth`.
pub const MACRO_DEPTH_MAX: usize = 20;

/// Depth of a `#define` block rendering itself: 2, Velocity's `directive.define.max.depth`. One
/// deeper is not an error: the reference prints as its own text.
pub const DEFINE_DEPTH_MAX: u32 = 2;

/// Depth of `#evaluate` and of blocks, macros and interpolated strings that are being rendered
/// inside each other. Ours, to bound the stack.
pub const RENDER_DEPTH_MAX: usize = 150;

/// Depth of expressions that are being evaluated inside each other, arguments of macros included.
/// Ours, to bound the stack.
pub const EXPRESSION_DEPTH_MAX: usize = 300;

/// Depth of lists and maps inside each other that can be printed or compared. Ours; JSON bodies
/// are bounded by 512 as well.
pub const VALUE_DEPTH_MAX: usize = 600;

/// How many lists a `subList` may be in. Ours: each costs a call.
pub const SUB_LISTS_MAX: usize = 64;

/// Bytes that an output gets ahead at most. Ours: one large output must not make all later ones so.
pub const EXPECTED_BYTES_MAX: usize = 64 * 1024;

/// What one rendering may do unless its caller says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Nodes visited, plus one for each 64 bytes that a method looks at.
    pub steps: u64,
    /// Bytes printed. Default 10 MB, API Gateway's payload quota.
    pub output_bytes: usize,
    /// Bytes of all texts, lists and maps that the rendering makes, freed ones included.
    pub memory_bytes: usize,
    /// Rounds of one `#foreach`: 1,000 ("Number of iterations in a `#foreach ... #end` loop in
    /// mapping templates").
    pub foreach_rounds: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            steps: 1_000_000,
            output_bytes: 10 * 1024 * 1024,
            memory_bytes: 64 * 1024 * 1024,
            foreach_rounds: 1_000,
        }
    }
}
