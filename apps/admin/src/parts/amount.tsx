import { credits } from '../model/amounts.js';

const FINER_DIGITS = 4;

/** An amount in credits, exact: what is finer than a hundredth is smaller. In columns the digits stand below one another. */
export function Amount({ of: amount, isColumn = false }: { readonly of: string | bigint | null | undefined; readonly isColumn?: boolean }) {
  const text = credits(amount);
  const point = text.indexOf('.');
  if (point < 0) return text;
  const finer = text.slice(point + 3);
  return (
    <span className="amount number">
      {text.slice(0, point + 3)}
      {finer !== '' && <span className="finer">{finer}</span>}
      {isColumn && (
        <span className="finer filler" aria-hidden>
          {'0'.repeat(FINER_DIGITS - finer.length)}
        </span>
      )}
    </span>
  );
}
