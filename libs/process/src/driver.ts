/** Tells `pg` to load a driver that is not installed with Eris: meant for other programs of the user's. */
const FOREIGN = 'NODE_PG_FORCE_NATIVE';

// At once, before `pg` is loaded, which reads it then: this file is the first that `#process` imports, and that one the first of every program, or of `#config`, which is.
delete process.env[FOREIGN];
