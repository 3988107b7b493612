import { pino } from 'pino';
import { ProcessReport } from './report.js';

it('counts troubles by part, whatever part that is, and tells of those that have a cause', async () => {
  const lines: string[] = [];
  const report = new ProcessReport(pino({ level: 'info' }, { write: (line: string) => void lines.push(line) }));
  report.trouble('webhooks', new Error('away'), 'not delivered', { marketId: '7' });
  report.trouble('webhooks');
  report.trouble('wake_ups', new Error('away'));
  const figures = await report.registry.getSingleMetricAsString('eris_troubles_total');
  expect(figures).toContain('eris_troubles_total{part="webhooks"} 2');
  expect(figures).toContain('eris_troubles_total{part="wake_ups"} 1');
  const told = lines.map((line) => JSON.parse(line) as object);
  expect(told).toMatchObject([
    { part: 'webhooks', marketId: '7', msg: 'not delivered', err: { message: 'away' } },
    { part: 'wake_ups', msg: 'trouble; it is tried again' },
  ]);
});

it('shows what is read whenever someone asks', async () => {
  const report = new ProcessReport(pino({ level: 'silent' }));
  let held = 1;
  report.gauge('eris_things', 'Things.', () => held);
  held = 3;
  expect(await report.registry.getSingleMetricAsString('eris_things')).toContain('eris_things 3');
});
