import type { Metadata } from 'next';
import { JobsView } from '@/components/jobs/search/jobs-view';
import { Hydrated } from '@/components/shell/hydrated';
import { toParams } from '@/lib/client/http/params';
import { keys } from '@/lib/client/query-keys';
import { FOUND_PER_PAGE, readSearch } from '@/lib/client/search-address';
import { ask } from '@/lib/http/ask';
import { readOrNull } from '@/lib/http/read';

export const metadata: Metadata = { title: 'Jobs' };

interface JobsPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function JobsPage({ searchParams }: JobsPageProps) {
  const { q, sort, order, cursor } = readSearch(toParams(await searchParams));
  const [found, views] = await Promise.all([
    readOrNull(ask('job.search', { q, sort, order, cursor: cursor ?? undefined, limit: FOUND_PER_PAGE })),
    readOrNull(ask('view.list', { limit: 100 })),
  ]);
  return (
    <Hydrated
      entries={[
        [keys.search(q, sort, order, cursor, null), found],
        [keys.views(null, null), views],
      ]}
    >
      <JobsView />
    </Hydrated>
  );
}
