import type { Metadata } from 'next';
import { QueuesView } from '@/components/queues/queues-view';
import { Hydrated } from '@/components/shell/hydrated';
import { collectPages, PAGE_LIMIT } from '@/lib/client/pages';
import { keys } from '@/lib/client/query-keys';
import { ask } from '@/lib/http/ask';
import { readOrNull } from '@/lib/http/read';

export const metadata: Metadata = { title: 'Queues' };

export default async function QueuesPage() {
  const queues = await readOrNull(collectPages((cursor) => ask('queue.list', { limit: PAGE_LIMIT, cursor })));
  return (
    <Hydrated entries={[[keys.queues(), queues]]}>
      <QueuesView />
    </Hydrated>
  );
}
