import type { Metadata } from 'next';
import { OperationView } from '@/components/operations/operation-view';
import { Hydrated } from '@/components/shell/hydrated';
import { keys } from '@/lib/client/query-keys';
import { ask } from '@/lib/http/ask';
import { read, readOrNull } from '@/lib/http/read';

interface OperationPageProps {
  params: Promise<{ operation: string }>;
}

export const metadata: Metadata = { title: 'Operation' };

export default async function OperationPage({ params }: OperationPageProps) {
  const { operation: id } = await params;
  const [operation, outcomes] = await Promise.all([
    read(ask('operation.get', { operation: id })),
    readOrNull(ask('operation.outcomes', { operation: id, limit: 100 })),
  ]);
  return (
    <Hydrated
      entries={[
        [keys.operation(id), operation.data],
        [keys.outcomes(id, null), outcomes && { pages: [outcomes], pageParams: [null] }],
      ]}
    >
      <OperationView id={id} problem={operation.problem} />
    </Hydrated>
  );
}
