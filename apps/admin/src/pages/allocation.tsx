import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { AnswerOf } from '#sdk';
import { useAll, useAnswer } from '../app/api.js';
import { useMarket } from '../app/market.js';
import { Gantt } from '../charts/gantt.js';
import { credits, microsOf } from '../model/amounts.js';
import type { Bid } from '../model/refusals.js';
import { count, inWords, plural, volume } from '../model/words.js';
import { Amount } from '../parts/amount.js';
import { Facts, Panel } from '../parts/panel.js';
import { Notice, Shown } from '../parts/states.js';
import { type Column, Table } from '../parts/table.js';

type Allocation = AnswerOf<'getAllocation'>;
type PlanSlot = Allocation['schedule'][number];
type Line = Allocation['lines'][number];

/** What an accepted bid has: its plan over slots and sites, and what each part of it costs. */
export function AllocationView({ bid }: { readonly bid: Bid }) {
  const market = useMarket();
  const asked = useAnswer('getAllocation', { params: { bidId: bid.id } });
  const sites = useAll('listSites', { params: { marketId: market.id } });
  const names = useMemo(() => new Map(sites.data?.map(({ id, name }) => [id, name])), [sites.data]);
  return (
    <Shown of={asked} what="the allocation">
      {(allocation) => (
        <>
          <Links allocation={allocation} marketId={market.id} />
          <Plan allocation={allocation} names={names} />
          <Payment allocation={allocation} names={names} bidId={bid.id} />
        </>
      )}
    </Shown>
  );
}

/** Other allocations that it has to do with, where there are any. */
function Links({ allocation, marketId }: { readonly allocation: Allocation; readonly marketId: string }) {
  const { continues, continuedBy, replaces, replacedBy } = allocation;
  const named: readonly (readonly [string, readonly (string | null)[]])[] = [
    ['Goes on with', [continues]],
    ['Goes on in', continuedBy],
    ['In place of', [replaces]],
    ['Changed for', [replacedBy]],
  ];
  const facts = named.flatMap(([name, ids]) => {
    const known = ids.filter((id) => id !== null);
    return known.length === 0 ? [] : [[name, <BidLinks key={name} ids={known} marketId={marketId} />] as const];
  });
  if (facts.length === 0) return null;
  return (
    <Panel title="Linked allocations">
      <Facts of={facts} />
    </Panel>
  );
}

function BidLinks({ ids, marketId }: { readonly ids: readonly string[]; readonly marketId: string }) {
  return (
    <>
      {ids.map((bidId, index) => (
        <span key={bidId}>
          {index > 0 && ', '}
          <Link to="/markets/$marketId/bids/$bidId" params={{ marketId, bidId }}>
            bid {bidId}
          </Link>
        </span>
      ))}
    </>
  );
}

interface AllocationProps {
  readonly allocation: Allocation;
  readonly names: ReadonlyMap<string, string>;
}

function Plan({ allocation: { schedule }, names }: AllocationProps) {
  const nameOf = (id: string): string => names.get(id) ?? `site ${id}`;
  const drawn = useMemo(() => {
    const told = (id: string): string => names.get(id) ?? `site ${id}`;
    const cells = schedule.flatMap(({ slot, ps, workers }) => {
      const ids = new Set([...Object.keys(workers), ps]);
      return [...ids].map((id) => ({ site: told(id), slot, workers: workers[id] ?? 0, isServer: id === ps }));
    });
    const moves = schedule.flatMap(({ slot, moves: moved }) =>
      moved.map(({ from, to, chunks }) => ({ slot, from: told(from), to: told(to), chunks })),
    );
    const sites = [...new Set([...cells.map(({ site }) => site), ...moves.flatMap(({ from, to }) => [from, to])])].sort((a, b) =>
      a.localeCompare(b, 'en', { numeric: true }),
    );
    return { cells, moves, sites };
  }, [schedule, names]);
  const columns: readonly Column<PlanSlot>[] = [
    { name: 'Slot', isNumber: true, cell: ({ slot }) => slot },
    { name: 'Parameter server', cell: ({ ps }) => nameOf(ps) },
    {
      name: 'Workers',
      isWrapped: true,
      cell: ({ workers }) =>
        Object.entries(workers)
          .map(([id, many]) => `${nameOf(id)}: ${many}`)
          .join(', ') || '–',
    },
    {
      name: 'Moves',
      isWrapped: true,
      cell: ({ moves }) => moves.map(({ from, to, chunks }) => `${count(chunks)} from ${nameOf(from)} to ${nameOf(to)}`).join(', ') || '–',
    },
    {
      name: 'Trained for each home',
      isWrapped: true,
      cell: (planned) =>
        trainedIn(planned)
          .map(([id, chunks]) => `${nameOf(id)}: ${count(chunks)}`)
          .join(', ') || '–',
    },
  ];
  return (
    <>
      <Panel title="Schedule" note={`${plural(schedule.length, 'slot')} at ${plural(drawn.sites.length, 'site')}`}>
        <Gantt {...drawn} />
      </Panel>
      <Coverage schedule={schedule} nameOf={nameOf} />
      <Panel title="Slot by slot" isFlush>
        <Table label="The schedule" columns={columns} rows={schedule} idOf={({ slot }) => String(slot)} />
      </Panel>
    </>
  );
}

/** Chunks trained for the data of each home in a slot: those that stayed there, and those that were moved elsewhere. */
function trainedIn({ home, moves }: PlanSlot): [string, number][] {
  const ids = new Set([...Object.keys(home), ...moves.map(({ from }) => from)]);
  const moved = (id: string): number => moves.reduce((sum, { from, chunks }) => (from === id ? sum + chunks : sum), 0);
  return [...ids].map((id) => [id, (home[id] ?? 0) + moved(id)]);
}

/** How much is trained for the data of each home site over the whole plan. */
function Coverage({ schedule, nameOf }: { readonly schedule: Allocation['schedule']; readonly nameOf: (id: string) => string }) {
  const totals = new Map<string, number>();
  for (const slot of schedule) for (const [id, chunks] of trainedIn(slot)) totals.set(id, (totals.get(id) ?? 0) + chunks);
  const most = Math.max(1, ...totals.values());
  return (
    <Panel title="Coverage of each home" note="Chunks trained for the data of each site, over all epochs">
      <ul className="bars">
        {[...totals].map(([id, chunks]) => (
          <li key={id}>
            <span>{nameOf(id)}</span>
            <span className="bar" aria-hidden>
              <span style={{ width: `${(100 * chunks) / most}%` }} />
            </span>
            <span className="number">{count(chunks)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** A line as a key: a payment has one for each of these. */
const lineId = ({ slot, siteId, resource }: Pick<Line, 'slot' | 'siteId' | 'resource'>): string => `${slot} ${siteId} ${resource}`;

function Payment({ allocation: { lines, payment }, names, bidId }: AllocationProps & { readonly bidId: string }) {
  const priced = useAnswer('explainPayment', { params: { bidId } }, { isForever: true });
  const formulas = useMemo(() => new Map(priced.data?.lines.map((line) => [lineId(line), line.formula])), [priced.data]);
  const postedBy = priced.data?.postedBy;
  const sum = lines.reduce((total, { amount }) => total + microsOf(amount), 0n);
  const columns: readonly Column<Line>[] = [
    { name: 'Slot', isNumber: true, cell: ({ slot }) => slot },
    { name: 'Site', cell: ({ siteId }) => (siteId === null ? 'whole market' : (names.get(siteId) ?? siteId)) },
    { name: 'Resource', cell: ({ resource }) => resource },
    { name: 'Quantity', isNumber: true, cell: ({ quantity }) => volume(Number(quantity)) },
    { name: 'Price of a unit', isNumber: true, cell: ({ unitPrice }) => <Amount of={unitPrice} isColumn /> },
    { name: 'It follows from', cell: (line) => formulas.get(lineId(line)) ?? '–' },
    { name: 'Amount', isNumber: true, cell: ({ amount }) => <Amount of={amount} isColumn /> },
  ];
  const isRight = sum === microsOf(payment);
  return (
    <Panel title="Payment, line by line" note={`${plural(lines.length, 'line')}; ${credits(payment)} credits`} isFlush>
      <Table label="Payment lines" columns={columns} rows={lines} idOf={lineId} />
      <div className="panel-foot">
        <Notice look={isRight ? 'good' : 'bad'}>
          {isRight
            ? 'The lines add up to the payment, to the micro-credit.'
            : `The lines add up to ${credits(sum)}, the payment is ${credits(payment)}. Tell your operator.`}
        </Notice>
        {postedBy && (
          <p className="small muted">
            Prices were posted by entry {postedBy.sequence} of the log ({inWords(postedBy.kind)}), and seen by the bid after entry{' '}
            {priced.data?.priceVersion}.
          </p>
        )}
      </div>
    </Panel>
  );
}
