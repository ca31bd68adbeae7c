import type { Metadata } from 'next';
import { QueueView } from '@/components/queues/queue-view';
import { Hydrated } from '@/components/shell/hydrated';
import { JOBS_PER_PAGE } from '@/lib/client/http/page-sizes';
import { toParams } from '@/lib/client/http/params';
import { decodePart } from '@/lib/client/http/url';
import { filterKey, readListFilter, toListQuery } from '@/lib/client/job-filter';
import { readListParams } from '@/lib/client/list-params';
import { keys } from '@/lib/client/query-keys';
import { toVisible } from '@/lib/format/visible';
import { ask } from '@/lib/http/ask';
import { read, readOrNull } from '@/lib/http/read';

interface QueuePageProps {
  params: Promise<{ source: string; queue: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: QueuePageProps): Promise<Metadata> {
  return { title: toVisible(decodePart((await params).queue)) };
}

export default async function QueuePage({ params, searchParams }: QueuePageProps) {
  const given = await params;
  const source = decodePart(given.source);
  const queue = decodePart(given.queue);
  const one = await read(ask('queue.get', { source, queue }));
  const asked = toParams(await searchParams);
  const { state, cursor } = readListParams(asked, one.data?.counts);
  const filter = readListFilter(asked);
  const page = { source, queue, state, cursor: cursor ?? undefined, limit: JOBS_PER_PAGE };
  const [jobs, why] = await Promise.all([
    read(ask('job.list', { ...toListQuery(filter, Date.now()), ...page })),
    readOrNull(ask('queue.why', { source, queue })),
  ]);
  return (
    <Hydrated
      entries={[
        [keys.queue(source, queue), one.data],
        [keys.queueWhy(source, queue), why],
        [keys.jobList(source, queue, state, cursor, filterKey(filter)), jobs.data],
      ]}
    >
      <QueueView source={source} queue={queue} startState={state} problem={one.problem ?? jobs.problem} />
    </Hydrated>
  );
}
