import type { Metadata } from 'next';
import { Hydrated } from '@/components/shell/hydrated';
import { WorkersView } from '@/components/workers/workers-view';
import { collectPages, PAGE_LIMIT } from '@/lib/client/pages';
import { keys } from '@/lib/client/query-keys';
import { ask } from '@/lib/http/ask';
import { readOrNull } from '@/lib/http/read';

export const metadata: Metadata = { title: 'Workers' };

export default async function WorkersPage() {
  const workers = await readOrNull(collectPages((cursor) => ask('worker.list', { limit: PAGE_LIMIT, cursor })));
  return (
    <Hydrated entries={[[keys.workers(), workers]]}>
      <WorkersView />
    </Hydrated>
  );
}
