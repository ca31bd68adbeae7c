import type { Metadata } from 'next';
import { OperationsView } from '@/components/operations/operations-view';
import { Hydrated } from '@/components/shell/hydrated';
import { OPERATIONS_PER_PAGE } from '@/lib/client/http/page-sizes';
import { keys } from '@/lib/client/query-keys';
import { ask } from '@/lib/http/ask';
import { readOrNull } from '@/lib/http/read';

export const metadata: Metadata = { title: 'Operations' };

export default async function OperationsPage({ searchParams }: { searchParams: Promise<{ view?: string }> }) {
  const isBin = (await searchParams).view === 'bin';
  const first = await readOrNull<unknown>(
    isBin ? ask('bin.list', { limit: OPERATIONS_PER_PAGE }) : ask('operation.list', { limit: OPERATIONS_PER_PAGE }),
  );
  return (
    <Hydrated entries={[[isBin ? keys.bin() : keys.operations(), first && { pages: [first], pageParams: [null] }]]}>
      <OperationsView />
    </Hydrated>
  );
}
