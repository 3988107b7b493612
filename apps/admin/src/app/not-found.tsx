import { Link } from '@tanstack/react-router';
import { PageHead } from '../parts/page.js';
import { Empty, Failure } from '../parts/states.js';

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <main id="content">
      <PageHead title="No such page" />
      <div className="panel">
        <Empty title="There is nothing at this address">
          <Link to="/">To the markets</Link>
        </Empty>
      </div>
    </main>
  );
}

/** A page that failed. */
export function Failed({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  return (
    <div className="stack" role="group" aria-label="An error">
      <Failure error={error} onAgain={reset} />
    </div>
  );
}
