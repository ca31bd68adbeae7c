import type { Metadata } from 'next';
import { FailuresView } from '@/components/failures/failures-view';
import { Hydrated } from '@/components/shell/hydrated';
import { readFailuresAddress } from '@/lib/client/failures-address';
import { toFailuresCall } from '@/lib/client/failures-calls';
import { toParams } from '@/lib/client/http/params';
import { keys } from '@/lib/client/query-keys';
import { ask } from '@/lib/http/ask';
import { readOrNull } from '@/lib/http/read';

export const metadata: Metadata = { title: 'Failures' };

interface FailuresPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function FailuresPage({ searchParams }: FailuresPageProps) {
  const address = readFailuresAddress(toParams(await searchParams));
  const first = await readOrNull(ask('failure.list', toFailuresCall(address, Date.now())));
  return (
    <Hydrated entries={[[keys.failures(JSON.stringify(address)), first && { pages: [first], pageParams: [null] }]]}>
      <FailuresView />
    </Hydrated>
  );
}
