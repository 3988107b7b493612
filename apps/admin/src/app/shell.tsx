import { Link, Outlet, useParams, useRouterState } from '@tanstack/react-router';
import {
  Building2,
  CalendarRange,
  Gavel,
  KeyRound,
  LayoutDashboard,
  LineChart,
  ListOrdered,
  MapPinned,
  Menu,
  Settings2,
  Store,
  Wallet,
  Wrench,
  type LucideIcon,
} from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '../parts/button.js';
import { AccountBox } from './account-box.js';
import { useIsBidder } from './session.js';

interface NavItem {
  readonly name: string;
  readonly to: string;
  readonly icon: LucideIcon;
  /** Only this address, not those below it. */
  readonly isExact?: boolean;
}

const marketNav = (isBidder: boolean): readonly NavItem[] => [
  { name: 'Overview', to: '/markets/$marketId', icon: LayoutDashboard, isExact: true },
  { name: 'Prices', to: '/markets/$marketId/prices', icon: LineChart },
  { name: isBidder ? 'My bids' : 'Bids', to: '/markets/$marketId/bids', icon: ListOrdered },
  { name: isBidder ? 'My allocations' : 'Allocations', to: '/markets/$marketId/allocations', icon: CalendarRange },
  ...(isBidder ? [{ name: 'Quote and bid', to: '/markets/$marketId/quote', icon: Gavel }] : []),
  { name: 'Sites', to: '/markets/$marketId/sites', icon: MapPinned },
  { name: 'Windows', to: '/markets/$marketId/windows', icon: Wrench },
  ...(isBidder ? [] : [{ name: 'Terms and clock', to: '/markets/$marketId/settings', icon: Settings2 }]),
];

const generalNav = (isBidder: boolean): readonly NavItem[] => [
  { name: 'Markets', to: '/', icon: Store, isExact: true },
  { name: isBidder ? 'Wallet' : 'Money', to: '/money', icon: Wallet },
  ...(isBidder
    ? []
    : [
        { name: 'Organisations', to: '/organisations', icon: Building2 },
        { name: 'Keys', to: '/keys', icon: KeyRound },
      ]),
];

/** What surrounds every page: where one is, where one may go, who one is. */
export function Shell() {
  const [isOpen, setOpen] = useState(false);
  const { marketId } = useParams({ strict: false });
  const pathname = useRouterState({ select: ({ location }) => location.pathname });
  const isBidder = useIsBidder();
  useEffect(() => setOpen(false), [pathname]);
  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header className="banner">
        <div className="top-bar">
          <Brand />
          <Button
            look="quiet"
            isIcon
            extra="menu-button"
            aria-label="Menu"
            aria-expanded={isOpen}
            aria-controls="side"
            onPress={() => setOpen(!isOpen)}
          >
            <Menu size={20} aria-hidden />
          </Button>
        </div>
        <div className={isOpen ? 'side is-open' : 'side'} id="side">
          <Brand />
          <NavList title="All of it" items={generalNav(isBidder)} />
          {marketId !== undefined && <NavList title="This market" items={marketNav(isBidder)} marketId={marketId} />}
          <AccountBox />
        </div>
      </header>
      <div className="body">
        <Outlet />
      </div>
    </div>
  );
}

function Brand() {
  return (
    <Link to="/" className="brand">
      <img src="/admin/icon.svg" alt="" width={26} height={26} />
      Eris
    </Link>
  );
}

function NavList({ title, items, marketId }: { readonly title: string; readonly items: readonly NavItem[]; readonly marketId?: string }) {
  return (
    <nav aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {items.map(({ name, to, icon: Icon, isExact }) => (
          <li key={to}>
            <Link
              to={to as '/'}
              {...(marketId !== undefined && { params: { marketId } as never })}
              className="nav-link"
              activeOptions={{ exact: isExact ?? false, includeSearch: false }}
            >
              <Icon size={17} aria-hidden />
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
