import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { ProblemError, UnreachableError } from '#sdk';
import { useNow } from '../app/clock.js';
import { ageOf } from '../model/words.js';
import { Button } from './button.js';

const ICONS = { info: Info, good: CircleCheck, warn: TriangleAlert, bad: CircleAlert } as const;

/** Something to know, with a shape beside its colour. */
export function Notice({
  look = 'info',
  children,
  isUrgent,
}: {
  readonly look?: keyof typeof ICONS;
  readonly children: ReactNode;
  readonly isUrgent?: boolean;
}) {
  const Icon = ICONS[look];
  return (
    <div className={`notice is-${look}`} role={isUrgent ? 'alert' : 'status'}>
      <Icon size={17} aria-hidden />
      <div>{children}</div>
    </div>
  );
}

/** What happened, and what to do. */
export function toldOf(error: unknown): { readonly title: string; readonly detail: string; readonly remedy: string } {
  if (error instanceof ProblemError) return { title: error.title, detail: error.detail, remedy: error.remedy };
  if (error instanceof UnreachableError)
    return {
      title: 'The server does not answer',
      detail: 'Nothing was heard from it.',
      remedy: 'Check that it runs and that this browser reaches it.',
    };
  return { title: 'This page failed', detail: error instanceof Error ? error.message : String(error), remedy: 'Load it again.' };
}

/** An error, with the fields that it names and a way to ask again. */
export function Failure({ error, onAgain }: { readonly error: unknown; readonly onAgain?: (() => void) | undefined }) {
  const { title, detail, remedy } = toldOf(error);
  const requestId = error instanceof ProblemError ? error.requestId : undefined;
  return (
    <Notice look="bad" isUrgent>
      <strong>{title}</strong>
      {detail && <span>{detail}</span>}
      {remedy && <span>{remedy}</span>}
      {requestId !== undefined && <span className="small">Request {requestId}</span>}
      {onAgain && (
        <span>
          <Button isSmall onPress={onAgain}>
            Try again
          </Button>
        </span>
      )}
    </Notice>
  );
}

/** Lines that stand for what is on its way. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <div className="loading" role="status">
      <span />
      <span />
      <span />
      <p className="visually-hidden">Loading {what}</p>
    </div>
  );
}

/** Nothing is there, and what to do about it. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

interface Asked<Data> {
  readonly data: Data | undefined;
  readonly error: unknown;
  readonly dataUpdatedAt: number;
  readonly refetch: () => unknown;
}

/** Shows an answer once it is there; where a later one can't be had, the last one with its age. */
export function Shown<Data>({
  of: asked,
  what,
  children,
}: {
  readonly of: Asked<Data>;
  readonly what: string;
  readonly children: (data: Data) => ReactNode;
}) {
  const again = (): void => void asked.refetch();
  if (asked.data === undefined) return asked.error ? <Failure error={asked.error} onAgain={again} /> : <Loading what={what} />;
  return (
    <>
      {asked.error !== null && asked.error !== undefined && <Stale error={asked.error} sinceMs={asked.dataUpdatedAt} onAgain={again} />}
      {children(asked.data)}
    </>
  );
}

/** What is shown is old, and how old. */
export function Stale({ error, sinceMs, onAgain }: { readonly error: unknown; readonly sinceMs: number; readonly onAgain: () => void }) {
  const now = useNow();
  return (
    <Notice look="warn">
      <span>
        {toldOf(error).title}. What is shown is {ageOf(now - sinceMs)} old.
      </span>
      <span>
        <Button isSmall onPress={onAgain}>
          Try again
        </Button>
      </span>
    </Notice>
  );
}
