// Preloaded into a process under test: at SIGWINCH its event loop is stuck for as long as ERIS_CHAOS_STUCK_MS says. Its sockets stay open
// and its timers come late, all at once: not what a stopped process does, whose peers see nothing of it.
const stuck = new Int32Array(new SharedArrayBuffer(4));
process.on('SIGWINCH', () => Atomics.wait(stuck, 0, 0, Number(process.env.ERIS_CHAOS_STUCK_MS)));
