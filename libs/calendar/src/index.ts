/** When something recurs: rules of RFC 5545 in time zones. */
export { createRecurrence } from './recurrence.js';
