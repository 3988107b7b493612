/** A page of a list, as the API gives it. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

const PAGE_ROWS = '500';

/** All of a list, page after page. @param read one page by its query. */
export async function allPages<Item>(read: (query: Record<string, string>) => Promise<Page<Item>>): Promise<Item[]> {
  const found: Item[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: Page<Item> = await read({ limit: PAGE_ROWS, ...(cursor ? { cursor } : {}) });
    found.push(...page.items);
    cursor = page.nextCursor;
  }
  return found;
}
