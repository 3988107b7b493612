import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { allocationsSearch, bidsSearch, flowSearch, keysSearch, monthSearch, overviewSearch, pricesSearch, quoteSearch } from './search.js';
import { MarketLayout } from './market-layout.js';
import { Failed, NotFound } from './not-found.js';
import { Shell } from './shell.js';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
const general = createRoute({
  getParentRoute: () => root,
  id: 'general',
  component: lazyRouteComponent(() => import('./general-layout.js'), 'GeneralLayout'),
});
const inGeneral = { getParentRoute: () => general } as const;

const markets = createRoute({ ...inGeneral, path: '/', component: lazyRouteComponent(() => import('../pages/markets.js'), 'MarketsPage') });
const newMarket = createRoute({
  ...inGeneral,
  path: '/new-market',
  component: lazyRouteComponent(() => import('../pages/new-market.js'), 'NewMarketPage'),
});
const money = createRoute({ ...inGeneral, path: '/money', component: lazyRouteComponent(() => import('../pages/money.js'), 'MoneyPage') });
const account = createRoute({
  ...inGeneral,
  path: '/money/$accountId',
  validateSearch: monthSearch,
  component: lazyRouteComponent(() => import('../pages/account.js'), 'AccountPage'),
});
const organisations = createRoute({
  ...inGeneral,
  path: '/organisations',
  component: lazyRouteComponent(() => import('../pages/organisations.js'), 'OrganisationsPage'),
});
const keys = createRoute({
  ...inGeneral,
  path: '/keys',
  validateSearch: keysSearch,
  component: lazyRouteComponent(() => import('../pages/keys.js'), 'KeysPage'),
});

const market = createRoute({ getParentRoute: () => root, path: '/markets/$marketId', component: MarketLayout });
const inMarket = { getParentRoute: () => market } as const;
const overview = createRoute({
  ...inMarket,
  path: '/',
  validateSearch: overviewSearch,
  component: lazyRouteComponent(() => import('../pages/overview.js'), 'OverviewPage'),
});
const prices = createRoute({
  ...inMarket,
  path: '/prices',
  validateSearch: pricesSearch,
  component: lazyRouteComponent(() => import('../pages/prices.js'), 'PricesPage'),
});
const bids = createRoute({
  ...inMarket,
  path: '/bids',
  validateSearch: bidsSearch,
  component: lazyRouteComponent(() => import('../pages/bids.js'), 'BidsPage'),
});
const bid = createRoute({
  ...inMarket,
  path: '/bids/$bidId',
  component: lazyRouteComponent(() => import('../pages/bid.js'), 'BidPage'),
});
const allocations = createRoute({
  ...inMarket,
  path: '/allocations',
  validateSearch: allocationsSearch,
  component: lazyRouteComponent(() => import('../pages/allocations.js'), 'AllocationsPage'),
});
const windows = createRoute({
  ...inMarket,
  path: '/windows',
  component: lazyRouteComponent(() => import('../pages/windows.js'), 'WindowsPage'),
});
const quote = createRoute({
  ...inMarket,
  path: '/quote',
  validateSearch: quoteSearch,
  component: lazyRouteComponent(() => import('../pages/quote.js'), 'QuotePage'),
});
const sites = createRoute({
  ...inMarket,
  path: '/sites',
  validateSearch: flowSearch,
  component: lazyRouteComponent(() => import('../pages/sites.js'), 'SitesPage'),
});
const settings = createRoute({
  ...inMarket,
  path: '/settings',
  component: lazyRouteComponent(() => import('../pages/settings.js'), 'SettingsPage'),
});

/** Every page and its address. */
export const router = createRouter({
  routeTree: root.addChildren([
    general.addChildren([markets, newMarket, money, account, organisations, keys]),
    market.addChildren([overview, prices, bids, bid, allocations, windows, quote, sites, settings]),
  ]),
  basepath: '/admin',
  defaultPreload: 'intent',
  defaultErrorComponent: Failed,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
