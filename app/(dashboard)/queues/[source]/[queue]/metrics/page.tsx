import type { Metadata } from 'next';
import { QueueMetricsView } from '@/components/metrics/queue-metrics-view';
import { Hydrated } from '@/components/shell/hydrated';
import { toParams } from '@/lib/client/http/params';
import { decodePart } from '@/lib/client/http/url';
import { keys } from '@/lib/client/query-keys';
import { rangeBounds, rangeKey, readRange } from '@/lib/client/range';
import { toVisible } from '@/lib/format/visible';
import { ask } from '@/lib/http/ask';
import { readOrNull } from '@/lib/http/read';

interface QueueMetricsPageProps {
  params: Promise<{ source: string; queue: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: QueueMetricsPageProps): Promise<Metadata> {
  return { title: `${toVisible(decodePart((await params).queue))} over time` };
}

export default async function QueueMetricsPage({ params, searchParams }: QueueMetricsPageProps) {
  const given = await params;
  const source = decodePart(given.source);
  const queue = decodePart(given.queue);
  const range = readRange(toParams(await searchParams));
  const summary = await readOrNull(ask('metric.summary', { source, queue, ...rangeBounds(range, Date.now()) }));
  return (
    <Hydrated entries={[[keys.summary(source, queue, rangeKey(range)), summary]]}>
      <QueueMetricsView source={source} queue={queue} />
    </Hydrated>
  );
}
