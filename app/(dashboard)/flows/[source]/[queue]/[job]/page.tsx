import type { Metadata } from 'next';
import { FlowView } from '@/components/flows/flow-view';
import { Hydrated } from '@/components/shell/hydrated';
import { CHILDREN_PER_PAGE } from '@/lib/client/http/page-sizes';
import { decodePart } from '@/lib/client/http/url';
import { keys } from '@/lib/client/query-keys';
import { toVisible } from '@/lib/format/visible';
import { ask } from '@/lib/http/ask';
import { read } from '@/lib/http/read';

interface FlowPageProps {
  params: Promise<{ source: string; queue: string; job: string }>;
}

export async function generateMetadata({ params }: FlowPageProps): Promise<Metadata> {
  return { title: `Flow ${toVisible(decodePart((await params).job))}` };
}

export default async function FlowPage({ params }: FlowPageProps) {
  const given = await params;
  const address = { source: decodePart(given.source), queue: decodePart(given.queue), job: decodePart(given.job) };
  const flow = await read(ask('flow.get', { ...address, depth: 1, limit: CHILDREN_PER_PAGE }));
  const level = flow.data && { pages: [flow.data], pageParams: [null] };
  return (
    <Hydrated entries={[[keys.flowLevel(address.source, address.queue, address.job, null), level]]}>
      <FlowView address={address} problem={flow.problem} />
    </Hydrated>
  );
}
