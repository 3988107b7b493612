import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, memo, useEffect, useRef } from 'react';
import type { Column } from './table.js';

interface LongListProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** How wide each column is, as CSS writes it. */
  readonly widths: string;
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  readonly hasMore: boolean;
  readonly isFetching: boolean;
  readonly onMore: () => void;
}

const ROW_PX = 44;
/** Rows that are made beyond what is seen, and how near the end the next page is asked for. */
const OVERSCAN = 12;
const AHEAD = 60;

/** A list of any length: only the rows in sight are there, and further pages come while one scrolls. */
export function LongList<Row>({ label, columns, widths, rows, idOf, hasMore, isFetching, onMore }: LongListProps<Row>) {
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !isFetching && last >= rows.length - AHEAD) onMore();
  }, [hasMore, isFetching, last, rows.length, onMore]);
  return (
    <div
      ref={frame}
      className="long-list"
      tabIndex={0}
      role="region"
      aria-label={`${label}, as a list`}
      style={{ '--list-columns': widths } as CSSProperties}
    >
      <table className="table" aria-rowcount={hasMore ? -1 : rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map(({ name, isNumber }) => (
              <th key={name} scope="col" className={isNumber ? 'is-number' : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const row = rows[index];
            return row === undefined ? null : <ListRow key={idOf(row)} row={row} columns={columns} index={index} start={start} />;
          })}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps<Row> {
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
  readonly index: number;
  readonly start: number;
}

/** A row is made once while it is in sight, however often the list moves. */
const ListRow = memo(RowInSight) as typeof RowInSight;

function RowInSight<Row>({ row, columns, index, start }: RowProps<Row>) {
  return (
    <tr aria-rowindex={index + 2} style={{ transform: `translateY(${start}px)` }}>
      {columns.map(({ name, cell, isNumber }, place) => {
        const className = isNumber ? 'is-number' : undefined;
        if (place === 0)
          return (
            <th key={name} scope="row" className={className}>
              {cell(row)}
            </th>
          );
        return (
          <td key={name} className={className}>
            {cell(row)}
          </td>
        );
      })}
    </tr>
  );
}
