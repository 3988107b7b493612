/** The environment, read once: a frozen object of checked values (docs/configuration.md). */
import '#process';

export { ConfigError, loadConfig, type Config } from './config.js';
export { settleHost } from './host.js';
