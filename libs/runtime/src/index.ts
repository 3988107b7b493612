/** What every process of ours is made of: services with a beginning and an end, time, work that is done again and again, its log and its figures. */
export { type Clock, clockOf } from './clock.js';
export { createLogger, missingLines, outliveReaders } from './logger.js';
export { nestLogger, ServiceHost } from './nest.js';
export { type PeriodicTask, runPeriodically } from './periodic.js';
export { ProcessReport } from './report.js';
export { resource, type Service, ServiceList, together } from './service.js';
