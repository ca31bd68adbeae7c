import { OverviewView } from '@/components/overview/overview-view';
import { Hydrated } from '@/components/shell/hydrated';
import { collectPages, PAGE_LIMIT } from '@/lib/client/http/pages';
import { toParams } from '@/lib/client/http/params';
import { keys } from '@/lib/client/query-keys';
import { rangeBounds, rangeKey, readRange } from '@/lib/client/range';
import { ask, askTogether } from '@/lib/http/ask';
import { readOrNull } from '@/lib/http/read';

/** The same for all who open the page meanwhile; the browser asks for newer. */
const RECORDS_FOR_MS = 1_000;

interface OverviewPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function OverviewPage({ searchParams }: OverviewPageProps) {
  const range = readRange(toParams(await searchParams));
  const [queues, workers, summary, records] = await Promise.all([
    readOrNull(collectPages((cursor) => ask('queue.list', { limit: PAGE_LIMIT, cursor }))),
    readOrNull(collectPages((cursor) => ask('worker.list', { limit: PAGE_LIMIT, cursor }))),
    readOrNull(ask('metric.summary', rangeBounds(range, Date.now()))),
    readOrNull(askTogether('source.recorders', {}, RECORDS_FOR_MS)),
  ]);
  return (
    <Hydrated
      entries={[
        [keys.queues(), queues],
        [keys.workers(), workers],
        [keys.summary(null, null, rangeKey(range)), summary],
        [keys.recorders(), records],
      ]}
    >
      <OverviewView />
    </Hydrated>
  );
}
