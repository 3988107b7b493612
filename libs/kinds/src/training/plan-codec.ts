import { z } from 'zod';
import type { PlanCodec } from '../kind.js';
import type { Schedule, SlotPlan } from './job.js';

const index = z.number().int().min(0);
const slotPlan = z.strictObject({
  slot: index,
  ps: index,
  workers: z.array(z.number()),
  moves: z.array(z.tuple([index, index, z.number()])),
  home: z.array(z.number()),
});
const schedule = z.array(slotPlan);
type StoredPlan = z.infer<typeof slotPlan>;

const write = ({ slot, ps, workers, moves, home }: SlotPlan): StoredPlan => ({
  slot,
  ps,
  workers: [...workers],
  moves: moves.map((move) => [move.home, move.place, move.chunks]),
  home: [...home],
});

const read = ({ moves, ...plan }: StoredPlan): SlotPlan => ({
  ...plan,
  moves: moves.map(([home, place, chunks]) => ({ home, place, chunks })),
});

/** Schedules as JSON: a slot each, counts by site ordinal, moves as [home, place, chunks]. */
export const scheduleCodec: PlanCodec<Schedule> = {
  write: (plans) => plans.map(write),
  read(json) {
    const parsed = schedule.safeParse(json);
    return parsed.success ? parsed.data.map(read) : undefined;
  },
};
