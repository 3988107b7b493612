import { AdvanceClock, ChangeCapacity, ChangeMarket, CloseWindow, OpenWindow, PreviewWindow, type WindowImpact } from '#market';
import type { Kinds } from '#kinds';
import { canonicalJson } from '#units';
import { windowsIn } from './after-sale.js';
import { catalogueOf } from './catalogue.js';
import { clockStoreOf } from './clock.js';
import type { Database } from './database.js';
import { repairStoreOf, windowsWorkOf } from './lifecycle.js';
import { accountOf } from './accounts.js';
import { type Act, depositOf, OPERATOR, siteId, type WindowAct } from './scene.js';
import type { Process, Scheduler } from './scheduler.js';

/** A window that was opened on the condition that it does what was said before. */
export interface OpenedWindow {
  readonly marketId: bigint;
  readonly windowId: bigint;
  readonly impact: WindowImpact;
}

/** What an operator acts with. */
export interface Acting {
  readonly database: Database;
  readonly scheduler: Scheduler;
  readonly kinds: Kinds;
  readonly process: Process;
  readonly ring: (marketId: bigint) => void;
  readonly onOpened: (opened: OpenedWindow) => void;
}

const caller = { organisationId: OPERATOR, role: 'operator' as const };

/** Does what an operator does. @returns whether it is done; otherwise it is to be tried again. */
export async function actOf(acting: Acting, marketId: bigint, act: Act): Promise<boolean> {
  const { database, scheduler, process, ring } = acting;
  switch (act.kind) {
    case 'clock': {
      const advance = new AdvanceClock(clockStoreOf(database, process), { nowMs: () => scheduler.nowMs }, ring);
      const { kind } = await advance.run({ marketId, slot: database.market(marketId).slot + act.by, organisationId: OPERATOR });
      return kind !== 'repairs_under_way';
    }
    case 'status':
      await new ChangeMarket(catalogueOf(database, process)).run({ caller, marketId, status: act.status });
      return true;
    case 'capacity': {
      const change = { caller, marketId, siteId: BigInt(siteId(marketId, act.site)), capacity: { cpu: act.cpu } };
      await new ChangeCapacity(catalogueOf(database, process)).run(change);
      return true;
    }
    case 'deposit':
      await database.transaction(process, Infinity, (session) => {
        const transfer = depositOf(act.bidderId, act.amount);
        const locks = [accountOf(act.bidderId, 'wallet'), transfer.debitId].map((id) => `account ${id}`);
        return database.statement(session, locks, () => database.stageTransfers(session, [transfer]));
      });
      return true;
    case 'window':
      return openWindow(acting, marketId, act);
    case 'close': {
      const open = windowsIn(database.market(marketId)).find(({ closedAt }) => closedAt === null);
      if (!open) return true;
      const close = new CloseWindow(windowsWorkOf(database, process));
      return (await close.run({ caller, marketId, windowId: BigInt(open.windowId) })).kind !== 'repairs_under_way';
    }
  }
}

/** With a preview: it does what that said, or is asked for again. */
async function openWindow({ database, scheduler, kinds, process, onOpened }: Acting, marketId: bigint, act: WindowAct): Promise<boolean> {
  const work = windowsWorkOf(database, process);
  const impact = { store: repairStoreOf(database, process), kinds, pause: () => scheduler.turn(process) };
  const from = database.market(marketId).slot + act.after;
  const of =
    act.scope === 'site' ? { siteId: BigInt(siteId(marketId, act.site)), ...(act.cpu !== null && { amounts: { cpu: act.cpu } }) } : {};
  const wanted = { caller, marketId, kind: 'outage' as const, scope: act.scope, ...of, from, ...(act.length && { to: from + act.length }) };
  if (!act.isPreviewed) return (await new OpenWindow(work, impact).run(wanted)).kind !== 'repairs_under_way';
  const preview = await new PreviewWindow(work, impact).run(wanted);
  if (preview.kind !== 'previewed') return preview.kind !== 'repairs_under_way';
  const isExpected = (found: WindowImpact): boolean => canonicalJson(textOf(found)) === canonicalJson(textOf(preview.impact));
  const outcome = await new OpenWindow(work, impact).run({ ...wanted, isExpected });
  if (outcome.kind === 'opened') onOpened({ marketId, windowId: outcome.window.windowId, impact: preview.impact });
  return outcome.kind !== 'repairs_under_way' && outcome.kind !== 'outdated';
}

const textOf = (impact: WindowImpact): unknown =>
  JSON.parse(JSON.stringify(impact, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)));
