/** For benches and tests: the load engine (stage, bids, clients, meter), and Eris started as the command starts it. */
export { operationAt } from './client/commands/api.js';
export type { ApiSite } from './demo/stage.js';
export { BidSource } from './load/bid-source.js';
export { measure } from './load/measure.js';
export { Meter } from './load/meter.js';
export type { LoadOptions } from './load/options.js';
export { type Latency, latencyOf } from './load/result.js';
export { send } from './load/sender.js';
export { type LoadStage, openLoadStage } from './load/stage.js';
export { type AdminKey, adminKeyOf } from './running/admin-key.js';
export { atMost } from './running/at-most.js';
export { type Run, runUntilSignal } from './running/run.js';
export { operatorKeyOf, serve, type Serving } from './running/serve.js';
export { Service } from './running/service.js';
export type { HostTerminal } from './terminal.js';
