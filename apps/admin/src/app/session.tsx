import { type ComponentType, createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type AnswerOf, type Eris, ProblemError } from '#sdk';
import { ApiContext, openApi } from './api.js';

/** Who has signed in. */
export type Who = AnswerOf<'whoami'>;

interface Session {
  readonly who: Who;
  /** Ends the session of this browser, or all that were opened with its key. */
  readonly signOut: (everywhere: boolean) => Promise<void>;
}

const SessionContext = createContext<Session | undefined>(undefined);
const ASK_MS = 5 * 60_000;

/** Who has signed in, and how to sign out. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('this part is shown to those who have signed in');
  return session;
}

/** Whether the reader may change what an operator may. */
export const useIsOperator = (): boolean => useSession().who.key.role === 'operator';
/** Whether the reader bids: it sees its own things only. */
export const useIsBidder = (): boolean => useSession().who.key.role === 'bidder';

/** Signs in with a key: from then on the browser has a cookie that no script can read, and the key is forgotten. @throws ProblemError */
export async function signIn(key: string): Promise<void> {
  await openApi({ url: location.origin, key }).call('signIn');
}

async function whoIs(api: Eris, signal: AbortSignal): Promise<Who | null> {
  try {
    return await api.call('whoami', { signal });
  } catch (error) {
    if (error instanceof ProblemError && error.status === 401) return null;
    throw error;
  }
}

interface SessionGateProps {
  readonly children: ReactNode;
  /** Shown to those who have not signed in. `hasEnded`: they had. */
  readonly welcome: ComponentType<{ readonly hasEnded: boolean; readonly onSignedIn: () => void }>;
  /** Shown until it is known, or where it can't be. */
  readonly waiting: ComponentType<{ readonly error: Error | null; readonly onAgain: () => void }>;
}

/** Shows its children to those who have signed in. */
export function SessionGate({ children, welcome: Welcome, waiting: Waiting }: SessionGateProps) {
  const client = useQueryClient();
  const [hasEnded, setEnded] = useState(false);
  const onSignedOut = useCallback(() => {
    if (client.getQueryData(['session'])) setEnded(true);
    client.setQueryData(['session'], null);
  }, [client]);
  const api = useMemo(() => openApi({ url: location.origin, onSignedOut }), [onSignedOut]);
  const {
    data: who,
    error,
    refetch,
  } = useQuery({ queryKey: ['session'], queryFn: ({ signal }) => whoIs(api, signal), refetchInterval: ASK_MS });
  const onSignedIn = useCallback(() => {
    setEnded(false);
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
    void refetch();
  }, [client, refetch]);
  const signOut = useCallback(
    async (everywhere: boolean) => {
      await api.call(everywhere ? 'signOutEverywhere' : 'signOut');
      setEnded(false);
      client.setQueryData(['session'], null);
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
    },
    [api, client],
  );
  const session = useMemo(() => (who ? { who, signOut } : undefined), [who, signOut]);
  if (who === undefined) return <Waiting error={error} onAgain={() => void refetch()} />;
  if (!session) return <Welcome hasEnded={hasEnded} onSignedIn={onSignedIn} />;
  return (
    <ApiContext value={api}>
      <SessionContext value={session}>{children}</SessionContext>
    </ApiContext>
  );
}
