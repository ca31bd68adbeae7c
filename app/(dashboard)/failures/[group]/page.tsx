import type { Metadata } from 'next';
import { GroupView } from '@/components/failures/group/group-view';
import { Hydrated } from '@/components/shell/hydrated';
import { readFailuresAddress } from '@/lib/client/failures-address';
import { toParams } from '@/lib/client/http/params';
import { keys } from '@/lib/client/query-keys';
import { rangeBounds, rangeKey } from '@/lib/client/range';
import { ask } from '@/lib/http/ask';
import { read, readOrNull } from '@/lib/http/read';

export const metadata: Metadata = { title: 'Failure' };

interface GroupPageProps {
  params: Promise<{ group: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function GroupPage({ params, searchParams }: GroupPageProps) {
  const group = Number((await params).group);
  const address = readFailuresAddress(toParams(await searchParams));
  const [found, differences] = await Promise.all([
    read(ask('failure.get', { group, ...rangeBounds(address, Date.now()) })),
    readOrNull(ask('failure.differs', { group })),
  ]);
  return (
    <Hydrated
      entries={[
        [keys.failure(group, rangeKey(address)), found.data],
        [keys.differences(group), differences],
      ]}
    >
      <GroupView group={group} problem={found.problem} />
    </Hydrated>
  );
}
