import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { GroupView } from '@/components/failures/group/group-view';
import { Hydrated } from '@/components/shell/hydrated';
import { readFailuresAddress } from '@/lib/client/failures-address';
import { toParams } from '@/lib/client/http/params';
import { groupHref } from '@/lib/client/http/url';
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
  const search = toParams(await searchParams);
  const address = readFailuresAddress(search);
  const [found, differences] = await Promise.all([
    read(ask('failure.get', { group, ...rangeBounds(address, Date.now()) })),
    readOrNull(ask('failure.differs', { group })),
  ]);
  // What was merged is told of where it went.
  if (found.data && found.data.id !== group)
    redirect(`${groupHref(found.data.id)}${search.size > 0 ? `?${search}` : ''}`);
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
