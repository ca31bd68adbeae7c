import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { QueueSearchView } from '@/components/jobs/search/queue-search-view';
import { Hydrated } from '@/components/shell/hydrated';
import { toParams } from '@/lib/client/http/params';
import { decodePart, queueSearchHref } from '@/lib/client/http/url';
import { keys } from '@/lib/client/query-keys';
import { FOUND_PER_PAGE, readSearch } from '@/lib/client/search-address';
import { toVisible } from '@/lib/format/visible';
import { ask } from '@/lib/http/ask';
import { read, readOrNull } from '@/lib/http/read';

interface QueueSearchPageProps {
  params: Promise<{ source: string; queue: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: QueueSearchPageProps): Promise<Metadata> {
  return { title: `Search · ${toVisible(decodePart((await params).queue))}` };
}

/** Without a query in the address it opens with the queue's default view. */
export default async function QueueSearchPage({ params, searchParams }: QueueSearchPageProps) {
  const given = await params;
  const source = decodePart(given.source);
  const queue = decodePart(given.queue);
  const asked = toParams(await searchParams);
  const views = await readOrNull(ask('view.list', { source, queue, limit: 100 }));
  const standard = asked.has('q') ? undefined : views?.items.find(({ isDefault }) => isDefault);
  if (standard) redirect(queueSearchHref(source, queue, standard.q, standard.sort));
  const { q, sort, order, cursor } = readSearch(asked);
  const [one, why, found] = await Promise.all([
    read(ask('queue.get', { source, queue })),
    readOrNull(ask('queue.why', { source, queue })),
    readOrNull(
      ask('job.search', { source, queue, q, sort, order, cursor: cursor ?? undefined, limit: FOUND_PER_PAGE }),
    ),
  ]);
  return (
    <Hydrated
      entries={[
        [keys.queue(source, queue), one.data],
        [keys.queueWhy(source, queue), why],
        [keys.search(q, sort, order, cursor, { source, queue }), found],
        [keys.views(source, queue), views],
      ]}
    >
      <QueueSearchView source={source} queue={queue} />
    </Hydrated>
  );
}
