//! A TCP proxy that cuts or stalls a connection at a chosen byte, in either direction.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Which bytes are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    ToServer,
    FromServer,
}

/// What happens at the byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Snip {
    /// Both sides are closed.
    Close,
    /// Nothing more passes that way; the connection stands.
    Stall,
    /// Nothing more passes that way until [`Cut::release`].
    Hold,
}

/// Once, `after` so many bytes behind the first appearance of `mark` (an empty mark is the
/// connection's start).
#[derive(Clone, Debug)]
pub struct Plan {
    pub way: Way,
    pub mark: &'static [u8],
    pub after: usize,
    pub snip: Snip,
}

#[derive(Debug, Default)]
struct State {
    plan: Option<Plan>,
    done: usize,
    held: bool,
    down: bool,
    open: Vec<TcpStream>,
    connections: usize,
}

/// The proxy; its threads end with the process.
#[derive(Clone, Debug)]
pub struct Cut {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

impl Cut {
    /// Starts one in front of a port on loopback.
    pub fn before(server: u16) -> Cut {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let cut = Cut { port: listener.local_addr().unwrap().port(), state: Arc::default() };
        let state = Arc::clone(&cut.state);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                join(&state, client, server);
            }
        });
        cut
    }

    /// Sets what happens next; a plan applies once.
    pub fn plan(&self, plan: Plan) {
        self.state.lock().unwrap().plan = Some(plan);
    }

    /// How many plans have been carried out.
    pub fn done(&self) -> usize {
        self.state.lock().unwrap().done
    }

    /// Waits until a plan has been carried out.
    pub fn wait(&self) {
        assert!(
            super::daemon::until(|| (self.done() > 0).then_some(())).is_some(),
            "nothing came to the place of the cut"
        );
    }

    /// Lets what is held pass on.
    pub fn release(&self) {
        self.state.lock().unwrap().held = false;
    }

    /// How many connections have been made.
    pub fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    /// Ends all connections and refuses new ones, or lets them pass again.
    pub fn down(&self, down: bool) {
        let mut state = self.state.lock().unwrap();
        state.down = down;
        if down {
            for stream in state.open.drain(..) {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }
}

fn join(state: &Arc<Mutex<State>>, client: TcpStream, server: u16) {
    let mut locked = state.lock().unwrap();
    locked.connections += 1;
    let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { return };
    if locked.down {
        return;
    }
    for stream in [&client, &server] {
        let _ = stream.set_nodelay(true);
        locked.open.push(stream.try_clone().unwrap());
    }
    for (way, from, to) in [(Way::ToServer, &client, &server), (Way::FromServer, &server, &client)]
    {
        let (state, from, to) =
            (Arc::clone(state), from.try_clone().unwrap(), to.try_clone().unwrap());
        std::thread::spawn(move || pump(&state, way, from, to));
    }
}

/// Copies until an end or the plan's byte.
fn pump(state: &Mutex<State>, way: Way, mut from: TcpStream, mut to: TcpStream) {
    let mut seen: Vec<u8> = Vec::new();
    let mut found = None;
    let mut chunk = vec![0; 1 << 14];
    while let Ok(read) = from.read(&mut chunk) {
        if read == 0 {
            break;
        }
        let plan = state.lock().unwrap().plan.clone().filter(|plan| plan.way == way);
        if let Some(plan) = plan {
            let before = seen.len();
            seen.extend(&chunk[..read]);
            found = found.or_else(|| position(&seen, plan.mark));
            if let Some(end) =
                found.map(|at: usize| at + plan.after).filter(|end| *end <= seen.len())
            {
                let passed = end.saturating_sub(before).min(read);
                let _ = to.write_all(&chunk[..passed]);
                carry_out(state, plan.snip);
                if plan.snip != Snip::Hold || to.write_all(&chunk[passed..read]).is_err() {
                    break;
                }
                continue;
            }
        }
        if to.write_all(&chunk[..read]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

/// Comes back when the connection is to go on, or to end.
fn carry_out(state: &Mutex<State>, snip: Snip) {
    let mut locked = state.lock().unwrap();
    locked.plan = None;
    locked.done += 1;
    locked.held = snip == Snip::Hold;
    drop(locked);
    if snip == Snip::Stall {
        std::thread::sleep(Duration::from_secs(3600));
    }
    while state.lock().unwrap().held {
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn position(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    if mark.is_empty() {
        return Some(0);
    }
    bytes.windows(mark.len()).position(|window| window == mark)
}
