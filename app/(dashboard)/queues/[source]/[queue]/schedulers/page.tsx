import type { Metadata } from 'next';
import { QueueSchedulersView } from '@/components/schedulers/queue-schedulers-view';
import { Hydrated } from '@/components/shell/hydrated';
import { PAGE_LIMIT } from '@/lib/client/http/pages';
import { decodePart } from '@/lib/client/http/url';
import { keys } from '@/lib/client/query-keys';
import { toVisible } from '@/lib/format/visible';
import { ask } from '@/lib/http/ask';
import { read, readOrNull } from '@/lib/http/read';

interface QueueSchedulersPageProps {
  params: Promise<{ source: string; queue: string }>;
}

export async function generateMetadata({ params }: QueueSchedulersPageProps): Promise<Metadata> {
  return { title: `Schedulers · ${toVisible(decodePart((await params).queue))}` };
}

export default async function QueueSchedulersPage({ params }: QueueSchedulersPageProps) {
  const given = await params;
  const source = decodePart(given.source);
  const queue = decodePart(given.queue);
  const [one, why, first] = await Promise.all([
    read(ask('queue.get', { source, queue })),
    readOrNull(ask('queue.why', { source, queue })),
    readOrNull(ask('scheduler.list', { source, queue, limit: PAGE_LIMIT })),
  ]);
  return (
    <Hydrated
      entries={[
        [keys.queue(source, queue), one.data],
        [keys.queueWhy(source, queue), why],
        [keys.schedulers(source, queue), first && { pages: [first], pageParams: [null] }],
      ]}
    >
      <QueueSchedulersView source={source} queue={queue} />
    </Hydrated>
  );
}
