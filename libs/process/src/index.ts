/** What a process has from whoever started it, and owes it: variables, signals, output. Nothing else, so that a command which needs no more begins at once. */
import './driver.js';

export { endSignals } from './end-signals.js';
export { PatientOutput, type PatientOutputOptions } from './patient-output.js';
