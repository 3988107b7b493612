// Preloaded into a process under test: its time of day is off by the milliseconds that a file names, looked up again and again.
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 50;
const RealDate = Date;
const realNow = Date.now.bind(Date);
let offsetMs = 0;

const look = () => {
  offsetMs = Number(readFileSync(process.env.ERIS_CHAOS_CLOCK, 'utf8')) || 0;
};
look();
setInterval(look, LOOK_EVERY_MS).unref();

const now = () => realNow() + offsetMs;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
  apply: () => new RealDate(now()).toString(),
  get: (target, name, self) => (name === 'now' ? now : Reflect.get(target, name, self)),
});
