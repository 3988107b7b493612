import { Link, type LinkProps, useLocation } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';

/** A way back. */
export interface Crumb {
  readonly name: string;
  readonly to: LinkProps['to'];
  readonly params?: Readonly<Record<string, string>>;
}

interface PageHeadProps {
  readonly title: string;
  readonly crumbs?: readonly Crumb[];
  readonly note?: ReactNode;
  readonly badge?: ReactNode;
  readonly actions?: ReactNode;
}

/** The head of a page: its title takes the focus when one comes to it, so that a reader who does not see it knows where it is. */
export function PageHead({ title, crumbs = [], note, badge, actions }: PageHeadProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { pathname } = useLocation();
  const cameFrom = useRef<string | undefined>(undefined);
  useEffect(() => {
    document.title = `${title} · Eris`;
  }, [title]);
  useEffect(() => {
    if (cameFrom.current !== pathname && document.activeElement !== document.body) heading.current?.focus();
    cameFrom.current = pathname;
  }, [pathname]);
  return (
    <header className="page-head">
      <div>
        {crumbs.length > 0 && <Crumbs of={crumbs} />}
        <div className="cluster">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {badge}
        </div>
        {note !== undefined && <p className="muted">{note}</p>}
      </div>
      {actions !== undefined && <div className="cluster">{actions}</div>}
    </header>
  );
}

function Crumbs({ of: crumbs }: { readonly of: readonly Crumb[] }) {
  return (
    <nav className="crumbs" aria-label="Where this page is">
      {crumbs.map(({ name, to, params }) => (
        <span key={name} className="cluster">
          <Link to={to as '/'} {...(params && { params: params as never })}>
            {name}
          </Link>
          <span aria-hidden>/</span>
        </span>
      ))}
    </nav>
  );
}
