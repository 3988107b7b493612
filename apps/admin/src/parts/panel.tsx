import { type ReactNode, useId } from 'react';

interface PanelProps {
  readonly title: string;
  readonly note?: ReactNode;
  /** Beside the title: what changes the view. */
  readonly tools?: ReactNode;
  /** Lets the content reach the edges, as tables do. */
  readonly isFlush?: boolean;
  readonly children: ReactNode;
}

/** A part of a page with its title. */
export function Panel({ title, note, tools, isFlush, children }: PanelProps) {
  const id = useId();
  return (
    <section className={isFlush ? 'panel is-flush' : 'panel'} aria-labelledby={id}>
      <div className="panel-head">
        <div>
          <h2 id={id}>{title}</h2>
          {note !== undefined && <p>{note}</p>}
        </div>
        {tools}
      </div>
      {children}
    </section>
  );
}

/** A figure with its name. */
export interface Stat {
  readonly name: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
}

/** Figures in a row. */
export function Stats({ of: stats }: { readonly of: readonly Stat[] }) {
  return (
    <dl className="stats">
      {stats.map(({ name, value, note }) => (
        <div className="stat" key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
          {note !== undefined && <dd className="note">{note}</dd>}
        </div>
      ))}
    </dl>
  );
}

/** Names and what they are. */
export function Facts({ of: facts }: { readonly of: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <FactRow key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

function FactRow({ name, value }: { readonly name: string; readonly value: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
