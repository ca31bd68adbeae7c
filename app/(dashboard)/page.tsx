import { setTimeout as sleep } from 'node:timers/promises';
import { LATELY_MS } from '@/components/overview/find-causes';
import { OverviewView } from '@/components/overview/overview-view';
import { Hydrated } from '@/components/shell/hydrated';
import { collectPages, PAGE_LIMIT } from '@/lib/client/http/pages';
import { toParams } from '@/lib/client/http/params';
import { keys } from '@/lib/client/query-keys';
import { rangeBounds, rangeKey, readRange } from '@/lib/client/range';
import { ask, askTogether } from '@/lib/http/ask';
import { readOrNull } from '@/lib/http/read';

/** What needs attention is there with the page, where it is known in time; else it comes after. */
const CAUSES_WAIT_MS = 500;
/** The same for all who open the page meanwhile; the browser asks for newer. */
const CAUSES_FOR_MS = 1_000;
/** Whoever asks within these asks for the same time. */
const LATELY_STEP_MS = 10_000;

interface OverviewPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function OverviewPage({ searchParams }: OverviewPageProps) {
  const range = readRange(toParams(await searchParams));
  const from = Date.now() - LATELY_MS;
  const lately = new Date(from - (from % LATELY_STEP_MS)).toISOString();
  const [queues, workers, summary, records, failures] = await Promise.all([
    readOrNull(collectPages((cursor) => ask('queue.list', { limit: PAGE_LIMIT, cursor }))),
    readOrNull(collectPages((cursor) => ask('worker.list', { limit: PAGE_LIMIT, cursor }))),
    readOrNull(ask('metric.summary', rangeBounds(range, Date.now()))),
    readOrNull(askTogether('source.recorders', {}, CAUSES_FOR_MS)),
    Promise.race([
      readOrNull(askTogether('failure.list', { from: lately, sort: 'count', limit: 50 }, CAUSES_FOR_MS)),
      sleep(CAUSES_WAIT_MS, null),
    ]),
  ]);
  return (
    <Hydrated
      entries={[
        [keys.queues(), queues],
        [keys.workers(), workers],
        [keys.summary(null, null, rangeKey(range)), summary],
        [keys.recorders(), records],
        [keys.failures(`recent ${LATELY_MS}`), failures],
      ]}
    >
      <OverviewView />
    </Hydrated>
  );
}
