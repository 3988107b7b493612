import { type ReactNode } from 'react';

/** A column of a table. */
export interface Column<Row> {
  readonly name: string;
  readonly isNumber?: boolean;
  readonly isWrapped?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly idOf: (row: Row, index: number) => string;
}

const classOf = ({ isNumber, isWrapped }: { readonly isNumber?: boolean; readonly isWrapped?: boolean }): string | undefined =>
  isNumber ? 'is-number' : isWrapped ? 'is-wrapped' : undefined;

/** A table of few rows; the first column names the row. */
export function Table<Row>({ label, columns, rows, idOf }: TableProps<Row>) {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={`${label}, as a table`}>
      <table className="table">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.name} scope="col" className={classOf(column)}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={idOf(row, index)}>
              {columns.map((column, place) =>
                place === 0 ? (
                  <th key={column.name} scope="row" className={classOf(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.name} className={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
