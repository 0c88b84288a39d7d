/**
 * Lists that the API reads in pieces: a page may be short, or even empty, with more to come. A screen wants a
 * page that is worth looking at.
 */

/** A filter that hardly anything matches must not keep the API busy for ever. */
const MAX_REQUESTS = 40;

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** Reads on until there are enough items or no more. */
export async function gather<T>(
  least: number,
  cursor: string | undefined,
  read: (cursor: string | undefined) => Promise<Page<T>>,
): Promise<Page<T>> {
  let page = await read(cursor);
  const items = [...page.items];
  for (let requests = 1; requests < MAX_REQUESTS; requests += 1) {
    if (items.length >= least || page.nextCursor === null) break;
    page = await read(page.nextCursor);
    items.push(...page.items);
  }
  return { items, nextCursor: page.nextCursor };
}
