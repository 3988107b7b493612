import type { AnswerOf } from '#contracts';
import type { BeatOutcome, IncidentsOutcome, WindowRecord, WindowsOutcome } from '#market';
import { formatMicros } from '#units';
import { cursorOf } from '../http/cursor.js';

/** A heartbeat as the API answers it. */
export const beatView = ({ kind: _, siteId, ...heard }: Extract<BeatOutcome, { kind: 'heard' }>): AnswerOf<'beat'> => ({
  siteId: siteId.toString(),
  ...heard,
});

/** What is withdrawn, in units. */
export const unitsOf = (amounts: Readonly<Record<string, number>> | null): Record<string, number> | null =>
  amounts && Object.fromEntries(Object.entries(amounts).map(([name, milli]) => [name, milli / 1000]));

/** A window as the API tells it. */
export const windowView = (window: WindowRecord): AnswerOf<'openWindow'> => ({
  id: window.windowId.toString(),
  sequence: window.sequence.toString(),
  kind: window.kind,
  cause: window.cause,
  scope: window.scope,
  siteId: window.siteId === null ? null : window.siteId.toString(),
  amounts: unitsOf(window.amounts),
  from: window.from,
  to: window.to,
  closedAt: window.closedAt,
  note: window.note,
  recurringId: window.recurringId === null ? null : window.recurringId.toString(),
  state: window.state,
  settled: window.isSettled,
  hits: window.hits,
  returned: formatMicros(window.returnedMicros),
  createdAt: window.createdAt.toISOString(),
});

/** A page of windows as the API tells it. */
export const windowsView = ({ windows, nextId }: Extract<WindowsOutcome, { kind: 'page' }>): AnswerOf<'listWindows'> => ({
  items: windows.map(windowView),
  nextCursor: cursorOf(nextId),
});

const MS_PER_DAY = 86_400_000;

/** Incidents of sites as the API tells them. */
export const incidentsView = ({ slot, sites }: Extract<IncidentsOutcome, { kind: 'incidents' }>): AnswerOf<'listIncidents'> => ({
  slot,
  sites: sites.map(({ siteId, days, outages }) => ({
    siteId: siteId.toString(),
    days: days.map(({ day, slots, windowIds }) => ({
      day: new Date(day * MS_PER_DAY).toISOString().slice(0, 10),
      slots,
      outages: windowIds.map(String),
    })),
    outages: outages.map(windowView),
  })),
});
