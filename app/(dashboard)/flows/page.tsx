import type { Metadata } from 'next';
import { FlowsView } from '@/components/flows/flows-view';
import { Hydrated } from '@/components/shell/hydrated';
import { keys } from '@/lib/client/query-keys';
import { JOB_STATES } from '@/lib/contracts/states';
import { ask } from '@/lib/http/ask';
import { readOrNull } from '@/lib/http/read';

export const metadata: Metadata = { title: 'Flows' };

export default async function FlowsPage({ searchParams }: { searchParams: Promise<{ state?: string }> }) {
  const given = (await searchParams).state;
  const state = JOB_STATES.find((each) => each === given) ?? null;
  const first = await readOrNull(ask('flow.list', { state: state ?? undefined, limit: 50 }));
  return (
    <Hydrated entries={[[keys.flows(null, state), first && { pages: [first], pageParams: [null] }]]}>
      <FlowsView />
    </Hydrated>
  );
}
