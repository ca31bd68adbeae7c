import type { Metadata } from 'next';
import { SchedulersView } from '@/components/schedulers/schedulers-view';
import { Hydrated } from '@/components/shell/hydrated';
import { PAGE_LIMIT } from '@/lib/client/http/pages';
import { keys } from '@/lib/client/query-keys';
import { ask } from '@/lib/http/ask';
import { readOrNull } from '@/lib/http/read';

export const metadata: Metadata = { title: 'Schedulers' };

export default async function SchedulersPage() {
  const first = await readOrNull(ask('scheduler.list', { limit: PAGE_LIMIT }));
  return (
    <Hydrated entries={[[keys.schedulers(null, null), first && { pages: [first], pageParams: [null] }]]}>
      <SchedulersView />
    </Hydrated>
  );
}
