//! How much of the processor this thread has used: what a bound on work means on a machine that has
//! other work too.

use std::time::Duration;

/// CPU time of the calling thread so far, as the kernel counts it (proc(5), schedstat).
pub fn used() -> Duration {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat")
        .expect("Linux counts each thread's time");
    let nanos = counted
        .split_whitespace()
        .next()
        .expect("the time on the processor")
        .parse()
        .expect("a number");
    Duration::from_nanos(nanos)
}
