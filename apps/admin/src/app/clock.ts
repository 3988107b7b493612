import { createContext, useContext, useEffect, useState } from 'react';

/** Where the time comes from: main.tsx hands it in. @returns ms since 1970 */
export type NowMs = () => number;

/** The clock of the page. */
export const ClockContext = createContext<NowMs>(() => 0);

/** The time, told anew every so many ms while something is shown that depends on it. */
export function useNow(everyMs = 1_000): number {
  const now = useContext(ClockContext);
  const [ms, setMs] = useState(now);
  useEffect(() => {
    const timer = setInterval(() => setMs(now()), everyMs);
    return () => clearInterval(timer);
  }, [now, everyMs]);
  return ms;
}
