import type { FlowWants } from '@/lib/backends/flows';
import type { ChildKind } from '@/lib/contracts/flows';
import type { JobRef } from '@/lib/contracts/jobs';

export interface KeyedChild extends JobRef {
  key: string;
  kind: ChildKind;
}

const LOOKED_PER_READ = 1_000;
/** A page of one kind looks no further: it may be short, and goes on. */
const MOST_LOOKED = 10_000;

/** A page of children in the order of their keys. `read`: those after a key, as they stand now. */
export async function fillPage(
  { kind, after, limit }: FlowWants,
  read: (after: string, limit: number) => Promise<{ children: KeyedChild[]; isLast: boolean }>,
): Promise<{ page: KeyedChild[]; next: string | null }> {
  const page: KeyedChild[] = [];
  let at = after ?? '';
  if (limit === 0) return { page, next: null };
  for (let looked = 0; ; ) {
    const wanted = kind === null ? limit : LOOKED_PER_READ;
    const { children, isLast } = await read(at, wanted);
    looked += children.length;
    for (const [i, child] of children.entries()) {
      at = child.key;
      if (kind !== null && child.kind !== kind) continue;
      page.push(child);
      if (page.length === limit) return { page, next: isLast && i === children.length - 1 ? null : at };
    }
    if (isLast) return { page, next: null };
    if (looked >= MOST_LOOKED) return { page, next: at };
  }
}
