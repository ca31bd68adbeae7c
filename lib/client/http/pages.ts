import { formatCount } from '@/lib/format';

interface PageOf<T> {
  items: T[];
  nextCursor: string | null;
}

export const PAGE_LIMIT = 200;
const MOST_PAGES = 10;

/** Reads a short list whole, page by page; past 2,000 rows the rest stays behind `nextCursor`. */
export async function collectPages<T, P extends PageOf<T>>(
  readPage: (cursor: string | undefined) => Promise<P & PageOf<T>>,
): Promise<P> {
  const first = await readPage(undefined);
  const items = [...first.items];
  let { nextCursor } = first;
  for (let page = 1; nextCursor !== null && page < MOST_PAGES; page += 1) {
    const next = await readPage(nextCursor);
    items.push(...next.items);
    nextCursor = next.nextCursor;
  }
  return { ...first, items, nextCursor };
}

/** `12`, or `2,000+` when there is more to read. */
export function countList(list: PageOf<unknown>): string {
  return formatCount(list.items.length, list.nextCursor !== null);
}
