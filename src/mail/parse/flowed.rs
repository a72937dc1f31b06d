//! format=flowed (RFC 3676): paragraphs that were cut for old terminals become one line again, at
//! each depth of quotation.

/// Joins flowed lines. A quoted line comes out with one `> ` for each depth.
pub(super) fn unflow(text: &str, delete_space: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let (depth, content) = unquote(line);
        let delimiter = content == "-- ";
        // An empty line parts paragraphs, even if somebody's last word had a space behind it.
        if open.is_none_or(|before| before != depth || delimiter || content.is_empty()) {
            if !out.is_empty() {
                out.push('\n');
            }
            (0..depth).for_each(|_| out.push_str("> "));
        }
        let flows = content.ends_with(' ') && !delimiter;
        let kept = if flows && delete_space {
            content.strip_suffix(' ').unwrap_or(content)
        } else {
            content
        };
        out.push_str(kept);
        // A fixed line ends its paragraph: the next line begins a new one at any depth.
        open = flows.then_some(depth);
    }
    out
}

/// Depth of quotation and the line without its marks and its stuffed space.
fn unquote(line: &str) -> (usize, &str) {
    let content = line.trim_start_matches('>');
    (line.len() - content.len(), content.strip_prefix(' ').unwrap_or(content))
}
