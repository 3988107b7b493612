/** Something that must hold of the run, and whether it does. */
export interface Check {
  readonly name: string;
  /** What was looked at, in figures. */
  readonly detail: string;
  /** What does not hold, one line each; none where all is well. */
  readonly faults: readonly string[];
}

const FAULTS_SHOWN = 5;

/** The check as lines of text: a tick and the figures, or a cross and the first faults. */
export function checkLines({ name, detail, faults }: Check): string[] {
  if (faults.length === 0) return [`  ✓ ${name}: ${detail}`];
  const more = faults.length > FAULTS_SHOWN ? [`      … and ${faults.length - FAULTS_SHOWN} more`] : [];
  return [`  ✗ ${name}: ${detail}`, ...faults.slice(0, FAULTS_SHOWN).map((fault) => `      ${fault}`), ...more];
}
