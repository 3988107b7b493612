/** The environment, read once: a frozen object of checked values (docs/configuration.md). */
export { endSignals } from './end-signals.js';
export { ConfigError, loadConfig, type Config } from './config.js';
export { settleHost } from './host.js';
export { PatientOutput } from './patient-output.js';
