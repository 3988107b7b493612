/** What `eris experiment prices` is asked. */
export interface ExperimentFlags {
  readonly seeds: string;
  readonly first: string;
  readonly only: string;
  readonly part: 'all' | 'rules' | 'griefing' | 'gaming';
  /** A file with a trace of training jobs, played in place of the sixteen workloads. */
  readonly trace?: string;
  readonly json?: true;
}
