import { createContext, useContext } from 'react';
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { type AnswerOf, Eris, type InputOf, type ItemOf, type ListId, type OperationId, ProblemError } from '#sdk';

/** A page that waits for a minute looks broken: a reader is told sooner, and asks again by a button. */
const RETRY = { triesMax: 3, waitMsMax: 4_000 };
const TIMEOUT_MS = 20_000;

/** The API as this browser sees it: by its session, or by a key where one is given. @param onSignedOut told when the session has ended */
export function openApi({
  url,
  key,
  onSignedOut,
}: {
  readonly url: string;
  readonly key?: string;
  readonly onSignedOut?: () => void;
}): Eris {
  const send = async (request: Request): Promise<Response> => {
    const response = await fetch(request);
    if (response.status === 401) onSignedOut?.();
    return response;
  };
  return new Eris({ url, ...(key === undefined ? { session: true } : { key }), fetch: send, retry: RETRY, timeoutMs: TIMEOUT_MS });
}

/** The API of those who have signed in. */
export const ApiContext = createContext<Eris | undefined>(undefined);

/** The API. @throws where nobody has signed in */
export function useApi(): Eris {
  const api = useContext(ApiContext);
  if (!api) throw new Error('this part is shown to those who have signed in');
  return api;
}

interface AskOptions<Answer> {
  /** Asks again so often, ms. */
  readonly everyMs?: number;
  /** After which answer it need not be asked again. */
  readonly isLast?: (answer: Answer) => boolean;
  readonly isAsked?: boolean;
  /** What the answer will still be: the past does not change. */
  readonly isForever?: boolean;
}

type Given<Id extends OperationId> = Omit<InputOf<Id>, 'signal'>;

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** A call whose input was checked against its operation where it was given: the compiler can't follow that through a generic id. */
export const callOf = <Id extends OperationId>(api: Eris, id: Id, input: object): Promise<AnswerOf<Id>> =>
  (api.call as (id: Id, input: object) => Promise<AnswerOf<Id>>).call(api, id, input);

/** Asks and keeps the answer; the last one stays while a new one is fetched or can't be had. */
export function useAnswer<Id extends OperationId>(
  id: Id,
  input: Given<Id>,
  options: AskOptions<AnswerOf<Id>> = {},
): UseQueryResult<AnswerOf<Id>> {
  const api = useApi();
  const { everyMs, isLast } = options;
  return useQuery<AnswerOf<Id>>({
    queryKey: [id, input],
    queryFn: ({ signal }) => callOf(api, id, { ...input, signal }),
    placeholderData: keepPreviousData,
    enabled: options.isAsked ?? true,
    ...(everyMs !== undefined && { refetchInterval: ({ state: { data } }) => (data !== undefined && isLast?.(data) ? false : everyMs) }),
    ...(options.isForever === true ? { staleTime: Infinity } : {}),
  });
}

/** The pages of a list, one after the other as they are scrolled to, by cursor. */
export function usePages<Id extends ListId>(
  id: Id,
  input: Given<Id>,
  { limit, isAsked = true }: { readonly limit: number; readonly isAsked?: boolean },
) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [id, 'pages', input, limit],
    queryFn: ({ signal, pageParam }) => {
      const query = { ...(input as { query?: object }).query, limit, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return callOf(api, id, { ...input, query, signal }) as Promise<unknown> as Promise<Page<ItemOf<Id>>>;
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    enabled: isAsked,
  });
}

/** All rows of a list that is short. */
export function useAll<Id extends ListId>(
  id: Id,
  input: Given<Id>,
  { everyMs, isAsked = true }: { readonly everyMs?: number; readonly isAsked?: boolean } = {},
) {
  const api = useApi();
  return useQuery({
    queryKey: [id, 'all', input],
    queryFn: ({ signal }) => (api.all as (id: Id, input: object) => Promise<ItemOf<Id>[]>).call(api, id, { ...input, signal }),
    placeholderData: keepPreviousData,
    enabled: isAsked,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
  });
}

/** Changes something, then asks anew for what it may have changed. */
export function useChange<Id extends OperationId>(id: Id, touched: readonly OperationId[]) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation<AnswerOf<Id>, Error, Given<Id>>({
    mutationFn: (input) => callOf(api, id, input),
    onSuccess: () => Promise.all(touched.map((operation) => client.invalidateQueries({ queryKey: [operation] }))),
  });
}

/** Whether the API said no with such a code. */
export const isProblem = (error: unknown, code: ProblemError['code']): boolean => error instanceof ProblemError && error.code === code;
