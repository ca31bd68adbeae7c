import { Suspense } from 'react';
import { OverviewView } from '@/components/overview/overview-view';
import { Hydrated } from '@/components/shell/hydrated';
import { collectPages, PAGE_LIMIT } from '@/lib/client/pages';
import { keys } from '@/lib/client/query-keys';
import { ask } from '@/lib/http/ask';
import { readOrNull } from '@/lib/http/read';

export default async function OverviewPage() {
  const [queues, workers] = await Promise.all([
    readOrNull(collectPages((cursor) => ask('queue.list', { limit: PAGE_LIMIT, cursor }))),
    readOrNull(collectPages((cursor) => ask('worker.list', { limit: PAGE_LIMIT, cursor }))),
  ]);
  return (
    <Hydrated
      entries={[
        [keys.queues(), queues],
        [keys.workers(), workers],
      ]}
    >
      <Suspense>
        <OverviewView />
      </Suspense>
    </Hydrated>
  );
}
