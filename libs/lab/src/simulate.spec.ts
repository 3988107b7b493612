import { createOracle } from '#kinds';
import { auditResult, findingLine } from './audit.js';
import type { Result } from './result.js';
import { parseResult } from './result.js';
import { simulate } from './simulate.js';
import { paperWorkload } from './workload.js';

const instance = paperWorkload({ kind: 'testbed', jobs: 25, seed: 3 });
const result = simulate({ instance, oracle: createOracle('default') });
const firstAccepted = result.jobs.findIndex((job) => job.accepted);

/** What the audit says of a result in which the first accepted job was changed. */
function tampered(change: (job: Result['jobs'][number]) => Result['jobs'][number]): string[] {
  const jobs = result.jobs.map((job, index) => (index === firstAccepted ? change(job) : job));
  return auditResult(instance, { ...result, jobs }).findings.map(findingLine);
}

describe('simulate', () => {
  it('passes its own audit and reads back', () => {
    expect(result.accepted).toBeGreaterThan(0);
    expect(result.rejected).toBeGreaterThan(0);
    expect(auditResult(instance, result)).toEqual({ findings: [], validSchedules: result.accepted, acceptedJobs: result.accepted });
    expect(parseResult(JSON.stringify(result))).toEqual({ kind: 'result', result });
  });

  it('decides at flat prices by share, where those are said', () => {
    const crowded = paperWorkload({ kind: 'testbed', jobs: 60, seed: 5 });
    const flat = { ...crowded, prices: { kind: 'flat', level: 200 } } as const;
    const [byPaper, byFlat] = [crowded, flat].map((of) => simulate({ instance: of, oracle: createOracle('default') }));
    expect(auditResult(flat, byFlat).findings).toEqual([]);
    expect(byFlat.welfare).toBeGreaterThan(1.5 * byPaper.welfare);
    const tagged = { ...crowded, prices: { kind: 'paper', ...crowded.prices } } as const;
    expect(simulate({ instance: tagged, oracle: createOracle('default') })).toEqual(byPaper);
  });

  it('is the same every time, oracle reused or new', () => {
    const oracle = createOracle('default');
    expect(simulate({ instance, oracle })).toEqual(result);
    expect(simulate({ instance, oracle })).toEqual(result);
  });

  it('reports progress and times by the clock that it is given', () => {
    const seen: number[] = [];
    let now = 0;
    const timed = simulate({
      instance,
      oracle: createOracle('default'),
      clock: { nowMs: () => (now += 2) },
      onProgress: (done) => seen.push(done),
    });
    expect(timed.decisionMs).toEqual({ p50: 2, p99: 2, max: 2 });
    expect(seen).toEqual(instance.jobs.map((_, index) => index + 1));
  });

  it('gives a refused job a reason and nothing else', () => {
    const refused = result.jobs.filter((job) => !job.accepted);
    expect(
      refused.every(
        ({ reason, payment, completion, schedule }) => reason !== null && payment === 0 && completion === null && schedule.length === 0,
      ),
    ).toBe(true);
  });
});

describe('auditResult', () => {
  it('sees a payment that posted prices do not give', () => {
    expect(tampered((job) => ({ ...job, payment: job.payment + 0.000001 })).join()).toMatch(/payment job-\d+: claims/);
  });
  it('sees a value that the valuation does not give', () => {
    expect(tampered((job) => ({ ...job, value: job.value + 1 })).join()).toMatch(/value job-\d+: claims/);
  });
  it('sees a chunk that is not trained', () => {
    const drop = ([plan, ...rest]: Result['jobs'][number]['schedule']) => [{ ...plan, home: plan.home.map(() => 0), moves: [] }, ...rest];
    expect(tampered((job) => ({ ...job, schedule: drop(job.schedule) })).join()).toMatch(/V1 job-\d+: site \d+ has/);
  });
  it('sees fractions of a worker', () => {
    expect(
      tampered((job) => ({
        ...job,
        schedule: job.schedule.map((plan) => ({ ...plan, workers: plan.workers.map((count) => count / 2 + 0.25) })),
      })).join(),
    ).toContain('V2');
  });
  it('sees sums that do not add up', () => {
    expect(auditResult(instance, { ...result, welfare: result.welfare + 1 }).findings.map(({ rule }) => rule)).toEqual(['welfare']);
    expect(auditResult(instance, { ...result, accepted: result.accepted + 1 }).findings.map(({ rule }) => rule)).toEqual(['accepted']);
  });
  it('sees jobs that are missing', () => {
    expect(auditResult(instance, { ...result, jobs: [] }).findings.map(({ rule }) => rule)).toContain('jobs');
  });
});
