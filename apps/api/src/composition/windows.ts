import { setImmediate } from 'node:timers/promises';
import { createRecurrence } from '#calendar';
import type { Kinds } from '#kinds';
import {
  Beat,
  ChangeCapacity,
  type Clock,
  CloseWindow,
  EndRecurring,
  ListIncidents,
  ListRecurring,
  ListWindows,
  OpenWindow,
  PreviewRecurring,
  PreviewWindow,
  Recur,
  SetCapacity,
  SkipOccurrence,
} from '#market';
import {
  createBeatStore,
  createCatalogueReader,
  createCatalogueWork,
  createRecurringReader,
  createRecurringWork,
  createRepairStore,
  createWindowsReader,
  createWindowsWork,
} from '#persistence';
import type { Stores } from './stores.js';

/** What windows are made of. */
interface Parts {
  readonly stores: Pick<Stores, 'pool' | 'base'>;
  readonly kinds: Kinds;
  readonly clock: Clock;
}

/** Capacity that is withdrawn: once, again and again, and by sites that are silent. */
export function windows({ stores: { pool, base }, kinds, clock }: Parts): object[] {
  const impact = { store: createRepairStore(pool), kinds, pause: () => setImmediate() };
  const work = createWindowsWork(base);
  const recurrence = createRecurrence();
  const recurring = createRecurringWork(base);
  const [open, preview] = [new OpenWindow(work, impact), new PreviewWindow(work, impact)];
  return [
    open,
    preview,
    new SetCapacity(new ChangeCapacity(createCatalogueWork(base)), open, preview),
    new ListWindows(createWindowsReader(pool)),
    new CloseWindow(work),
    new ListIncidents(createCatalogueReader(pool), createWindowsReader(pool)),
    new Beat(createBeatStore(pool), clock),
    new Recur(recurring, { ...impact, recurrence }),
    new PreviewRecurring(recurring, { ...impact, recurrence }),
    new ListRecurring(createCatalogueReader(pool), createRecurringReader(pool, base), recurrence),
    new SkipOccurrence(recurring, recurrence),
    new EndRecurring(recurring),
  ];
}
