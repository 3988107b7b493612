/** What `eris experiment prices` is asked. */
export interface ExperimentFlags {
  readonly seeds: string;
  readonly first: string;
  readonly only: string;
  readonly part: 'all' | 'rules' | 'griefing' | 'gaming';
  readonly json?: true;
}
