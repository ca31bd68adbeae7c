'use client';

import { ExportMenu } from '@/components/jobs/search/export-menu';
import { FoundTable } from '@/components/jobs/search/found-table';
import { QueryBox } from '@/components/jobs/search/query-box';
import { QueryHelp } from '@/components/jobs/search/query-help';
import { SearchReport } from '@/components/jobs/search/search-report';
import { Button } from '@/components/ui/button';
import { Empty } from '@/components/ui/empty';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useParams } from '@/components/ui/use-param';
import { SavedViews } from '@/components/views/saved-views';
import { describeError } from '@/lib/client/http/problem-error';
import type { QueueOf } from '@/lib/client/query-keys';
import { useSearch } from '@/lib/client/search';
import { readSearch, type Search } from '@/lib/client/search-address';
import { findFault } from '@/lib/contracts/query/find-fault';
import type { FoundJobs } from '@/lib/contracts/search';

const PLACEHOLDER = 'state:failed queue:emails error:"421 4.7.0" data.userId:42 failed:<1h';
const PLACEHOLDER_OF_QUEUE = 'state:failed name:send-* error:"421 4.7.0" data.userId:42 failed:<1h';

/** One box over everything that was recorded, and what waits now: of all brokers, or of one queue. The query is in the address. */
export function SearchCard({ of }: { of: QueueOf | null }) {
  const { params, follow, hrefWith } = useParams();
  const search = readSearch(params);
  const found = useSearch(search, of);
  const ask = (q: string) => {
    // The same words again: look again.
    if (q === search.q && search.cursor === null) void found.refetch();
    else follow(hrefWith({ q: q || (of ? '' : null), at: null }));
  };
  return (
    <section className="card" aria-label="Search">
      <div className="query-bar">
        <QueryBox
          value={search.q}
          onAsk={ask}
          placeholder={of ? PLACEHOLDER_OF_QUEUE : PLACEHOLDER}
          {...(of ? { of } : {})}
        />
        <QueryHelp />
        <ExportMenu search={search} of={of} />
      </div>
      <SavedViews
        q={search.q}
        sort={search.sort}
        {...(of ? { of } : {})}
        onOpen={(q, sort) => follow(hrefWith({ q, sort, at: null }))}
      />
      <Results search={search} found={found} />
    </section>
  );
}

function Results({ search, found }: { search: Search; found: ReturnType<typeof useSearch> }) {
  const { data, error, refetch, isFetching, isPlaceholderData } = found;
  if (findFault(search.q))
    return (
      <Empty title="This query cannot be read">
        <span>The box says what was expected, and where.</span>
      </Empty>
    );
  if (error && !isFetching)
    return (
      <div className="p-[14px]">
        <ProblemNotice title="These jobs could not be searched" detail={describeError(error)}>
          <Button small onClick={() => void refetch()}>
            Try again
          </Button>
        </ProblemNotice>
      </div>
    );
  if (!data) return <SkeletonRows rows={12} columns={7} />;
  return (
    <>
      <SearchReport found={data} busy={isFetching} onRefresh={() => void refetch()} />
      {data.items.length === 0 ? (
        <NothingFound search={search} found={data} />
      ) : (
        <FoundTable search={search} found={data} dim={isPlaceholderData} />
      )}
    </>
  );
}

function NothingFound({ search, found }: { search: Search; found: FoundJobs }) {
  if (search.q === '' && found.searched.of === 0)
    return (
      <Empty title="No job is recorded yet">
        <span>
          The monitor writes down every job from the moment it is added, and reads what the brokers still hold.
        </span>
      </Empty>
    );
  if (!found.searched.complete)
    return (
      <Empty title="Nothing so far">
        <span>Older jobs were not looked at yet: search further back.</span>
      </Empty>
    );
  return (
    <Empty title="No job fits">
      <span>
        Everything that is recorded was looked at. A word searches name, id, error and data; <code>NOT</code> and{' '}
        <code>OR</code> are written in capitals.
      </span>
    </Empty>
  );
}
