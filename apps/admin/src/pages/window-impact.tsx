import { Link } from '@tanstack/react-router';
import type { AnswerOf, BodyOf, ItemOf } from '#sdk';
import { moment, plural } from '../model/words.js';
import { Amount } from '../parts/amount.js';
import { Badge } from '../parts/badge.js';
import type { Choice } from '../parts/fields.js';
import { type Column, Table } from '../parts/table.js';

type Preview = AnswerOf<'previewWindow'>;

const OTHERS = [
  { id: 'market', name: 'The whole market' },
  { id: 'bandwidth', name: 'Bandwidth between sites' },
] as const;

/** Of what a window may be: a site's id, or one of the others. */
export const scopesOf = (sites: readonly ItemOf<'listSites'>[]): readonly Choice<string>[] => [
  ...OTHERS,
  ...sites.map(({ id, name }) => ({ id, name })),
];

/** Of what a window is, as the API takes it. */
export const scopeOf = (of: string): Pick<BodyOf<'openWindow'>, 'scope' | 'siteId'> =>
  of === 'market' || of === 'bandwidth' ? { scope: of } : { scope: 'site', siteId: of };

const OCCURRENCES: readonly Column<NonNullable<Preview['occurrences']>[number]>[] = [
  { name: 'Occurs', cell: ({ occurs }) => moment(occurs) },
  { name: 'Slots', isNumber: true, cell: ({ from, to }) => `${from}–${to}` },
];

/** What a window, or recurring maintenance, would do. */
export function Impact({
  preview: { hits, returned, slot, occurrences },
  marketId,
}: {
  readonly preview: Preview;
  readonly marketId: string;
}) {
  const columns: readonly Column<Preview['hits'][number]>[] = [
    {
      name: 'Bid',
      cell: ({ bidId }) => (
        <Link to="/markets/$marketId/bids/$bidId" params={{ marketId, bidId }}>
          {bidId}
        </Link>
      ),
    },
    { name: 'What becomes of it', cell: ({ outcome }) => <Badge state={outcome} /> },
    { name: 'Sold to be done in', isNumber: true, cell: ({ promised }) => promised },
    { name: 'Would be done in', isNumber: true, cell: ({ completion }) => completion ?? '–' },
    { name: 'Would come back', isNumber: true, cell: (hit) => <Amount of={hit.returned} isColumn /> },
  ];
  return (
    <div className="stack" role="status">
      <p>
        As of slot {slot}: it hits {plural(hits.length, 'allocation')}, and <Amount of={returned} /> credits would go back.
      </p>
      {occurrences && <Table label="Windows of it near at hand" columns={OCCURRENCES} rows={occurrences} idOf={({ occurs }) => occurs} />}
      {hits.length > 0 && <Table label="Whom it hits" columns={columns} rows={hits} idOf={({ bidId }) => bidId} />}
    </div>
  );
}
