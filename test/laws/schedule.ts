import { type ScheduleClaim, validateSchedule } from '#kinds';

/** Law: an accepted schedule keeps V1-V6 (docs/mechanism.md section 3), by a validator that shares no code with the oracles. */
export function assertValid(claim: ScheduleClaim): void {
  const violations = validateSchedule(claim);
  if (violations.length === 0) return;
  const lines = violations.map(({ rule, slot, detail }) => `${rule}${slot === undefined ? '' : ` slot ${slot}`}: ${detail}`);
  throw new Error(`law broken: the schedule is invalid\n${lines.join('\n')}\n${JSON.stringify(claim.schedule)}`);
}
