import { createOracle } from '#kinds';
import { at } from '#units';
import { parseInstance } from '../parse-instance.js';
import { comparePrices } from './experiment.js';
import { parseTrace, type TraceJob, traceWorkload } from './trace.js';

const HEAD = 'job_id,submission_time,num_iteration,model_name,deadline,batch_size,num_gpu,duration';
/** A job an hour, of one GPU and two hours, due after three; every fifth one of eight GPUs. */
const ROWS = Array.from({ length: 40 }, (_, index) => {
  const submitted = 1_000 + 3_600 * index;
  return `job-${index},${submitted},100,${index % 2 ? 'bert' : 'vgg16'},${submitted + 10_800},32,${index % 5 === 0 ? 8 : 1},7200`;
});
const parsed = (text: string): readonly TraceJob[] => {
  const trace = parseTrace(text);
  if (trace.kind === 'faults') throw new Error(trace.faults.join('; '));
  return trace.jobs;
};
const faults = (...lines: string[]): readonly string[] => {
  const trace = parseTrace(lines.join('\n'));
  return trace.kind === 'faults' ? trace.faults : [];
};

describe('a trace of training jobs', () => {
  it('is read with its columns in any order, with either end of lines, and put into the order of submission', () => {
    const jobs = parsed([HEAD, ...ROWS].join('\n'));
    expect(jobs).toHaveLength(40);
    expect(jobs[0]).toEqual({ submittedSeconds: 1_000, durationSeconds: 7_200, gpus: 8, deadlineSeconds: 11_800, model: 'vgg16' });
    expect(parsed(`\uFEFF${[HEAD, ...ROWS].reverse().reverse().join('\r\n')}\r\n`)).toEqual(jobs);
    expect(parsed([HEAD, ...[...ROWS].reverse()].join('\n'))).toEqual(jobs);
    const few = ROWS.map((_, index) => `60.5,1,${index}`);
    expect(parsed(['duration,num_gpu,submission_time', ...few].join('\n'))[3]).toEqual({
      submittedSeconds: 3,
      durationSeconds: 60.5,
      gpus: 1,
      deadlineSeconds: undefined,
      model: undefined,
    });
  });

  it('is refused with a line for each fault', () => {
    expect(faults('')).toEqual(['submission_time', 'duration', 'num_gpu'].map((name) => `line 1: names no column ${name}`));
    expect(faults(HEAD, ...ROWS.slice(0, 9))).toEqual(['has 9 jobs, and needs 10']);
    const bad = [
      'a,b',
      'x,-1,1,bert,5,1,1,60',
      'x,1,1,bert,5,1,0,60',
      'x,1,1,bert,soon,1,1,60',
      'x,1,1,bert,5,1,1,1e3',
      'x,1,1,bert,5,1,1,',
    ];
    expect(faults(HEAD, ...bad)).toEqual([
      'line 2: has 2 cells, and the first line 8',
      'line 3: submission_time: -1 is no number from 0 to 10000000000',
      'line 4: num_gpu: 0 is no number from 1 to 10000',
      'line 5: deadline: soon is no number from 0 to 10000000000',
      'line 6: duration: 1e3 is no number from 1 to 10000000000',
      'line 7: duration:  is no number from 1 to 10000000000',
    ]);
    expect(faults(HEAD, ...new Array<string>(500).fill('a,b'))).toHaveLength(20);
  });

  const workload = traceWorkload('tiny', parsed([HEAD, ...ROWS].join('\n')));

  it('makes instances that the command line reads, the same for the same seed: as much work and as much time as the trace has', () => {
    for (const seed of [1, 2, 3]) {
      const instance = workload.make(seed);
      expect(workload.make(seed)).toEqual(instance);
      expect(parseInstance(JSON.stringify(instance))).toMatchObject({ kind: 'instance' });
      expect(instance.jobs.length).toBeGreaterThanOrEqual(10);
      for (const { arrival, chunks, epochs, throughput, valuation } of instance.jobs) {
        expect(arrival).toBeLessThan(40);
        const gpuSlots = (chunks.reduce((sum, count) => sum + count, 0) * epochs) / throughput;
        expect([6, 48].some((due) => Math.abs(gpuSlots - due) < 1.3)).toBe(true); // an epoch more or less
        expect(valuation.kind === 'table' && valuation.values.length).toBe(18); // nine slots in time, nine late
        expect(valuation.kind === 'table' && at(valuation.values, 17) / at(valuation.values, 0)).toBeCloseTo(0.5);
      }
    }
  });

  it('is a workload like the others', () => {
    const row = comparePrices(workload, { first: 1, count: 1 }, createOracle('default'));
    expect(row).toMatchObject({ workload: 'tiny', seeds: 1 });
    expect(row.flat).toBeGreaterThan(0);
    expect(row.warm.share).toBeGreaterThan(0.3);
  });
});
