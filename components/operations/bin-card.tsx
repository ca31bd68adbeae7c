'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { type BinGroup, groupBin } from '@/components/operations/group-bin';
import { PageLink } from '@/components/shell/nav/page-link';
import { Button } from '@/components/ui/button';
import { Empty } from '@/components/ui/empty';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { Ago } from '@/components/ui/time';
import { showToast } from '@/components/ui/toast/toast-store';
import { Visible } from '@/components/ui/visible';
import { call } from '@/lib/client/call';
import { describeError } from '@/lib/client/http/problem-error';
import { operationHref, queueHref } from '@/lib/client/http/url';
import { useBin } from '@/lib/client/operations';
import { keys } from '@/lib/client/query-keys';
import type { BinList } from '@/lib/contracts/operations';
import { formatBytes, formatCount, formatPlural } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

/** Jobs that were removed, by the load that they left in, for as long as they are kept. */
export function BinCard() {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useBin();
  const first = data?.pages[0];
  const entries = data?.pages.flatMap((page) => page.items);
  if (!first && error)
    return (
      <ProblemNotice title="The recycle bin could not be read" detail={describeError(error)}>
        <Button small onClick={() => void refetch()}>
          Try again
        </Button>
      </ProblemNotice>
    );
  return (
    <section className="card" aria-labelledby="bin-title">
      <header>
        <h2 id="bin-title">Recycle bin</h2>
        <div className="r tnum">{first && describeBin(first)}</div>
      </header>
      {!entries && <SkeletonRows rows={5} columns={5} />}
      {entries?.length === 0 && (
        <Empty title="The recycle bin is empty">
          <span>
            {first?.keptHours === 0
              ? 'It is turned off: QUEUEDECK_BIN_HOURS is 0.'
              : `Jobs that are removed, drained or cleaned come here and can be put back for ${formatCount(first?.keptHours)} hours. An obliterated queue does not.`}
          </span>
        </Empty>
      )}
      {entries && entries.length > 0 && <BinTable groups={groupBin(entries)} hasMore={hasNextPage} />}
      {hasNextPage && (
        <footer className="flex justify-center border-line border-t p-2">
          <Button small busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Older ones
          </Button>
        </footer>
      )}
    </section>
  );
}

const describeBin = ({ jobs, sizeBytes, maxBytes }: BinList) =>
  `${formatPlural(jobs, 'job')} · ${formatBytes(sizeBytes)} of ${formatBytes(maxBytes)}`;

interface BinTableProps {
  groups: BinGroup[];
  /** Older loads may belong to the last group. */
  hasMore: boolean;
}

function BinTable({ groups, hasMore }: BinTableProps) {
  return (
    <div className="scroll-x">
      <table className="grid-table">
        <thead>
          <tr>
            <th>Left</th>
            <th>Queue</th>
            <th className="num">Jobs</th>
            <th className="num col-2">Size</th>
            <th className="w-full col-1">Why</th>
            <th className="col-2">Kept until</th>
            <th>
              <span className="sr-only">Action</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.map((entry, at) => (
            <tr key={entry.key} data-load={entry.key}>
              <td className="muted">
                <Ago at={entry.at} />
              </td>
              <td className="max-w-[200px]">
                <PageLink className="name clip block hover:underline" href={queueHref(entry.source, entry.queue)}>
                  <Visible text={entry.queue} />
                </PageLink>
              </td>
              <td className="num">{formatCount(entry.jobs, hasMore && at === groups.length - 1)}</td>
              <td className="num col-2">{formatBytes(entry.sizeBytes)}</td>
              <td className="col-1 max-w-0">
                <span className="clip block" title={toVisible(entry.ids.join(', '))}>
                  {entry.operation ? (
                    <PageLink className="link" href={operationHref(entry.operation)}>
                      <Visible text={entry.why} />
                    </PageLink>
                  ) : (
                    <Visible text={entry.why} />
                  )}{' '}
                  <span className="mono faint">
                    <Visible text={entry.ids.join(', ')} />
                  </span>
                </span>
              </td>
              <td className="col-2 muted">
                <Ago at={entry.expiresAt} />
              </td>
              <td className="num">
                <PutBack group={entry} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function PutBack({ group }: { group: BinGroup }) {
  const client = useQueryClient();
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const restore = async () => {
    setBusy(true);
    try {
      const operation = group.operation
        ? await call('operation.restore', { operation: group.operation, body: {} })
        : await call('bin.restore', { body: { entries: group.entries } });
      client.setQueryData(keys.operation(operation.id), operation);
      void client.invalidateQueries({ queryKey: keys.bin() });
      router.push(operationHref(operation.id));
    } catch (error) {
      showToast({ tone: 'failed', title: 'Nothing was put back', detail: describeError(error) });
    }
    setBusy(false);
  };
  return (
    <Button
      small
      busy={busy}
      blocked={group.jobs === 0 ? 'All of them are back.' : null}
      aria-label={`Put back ${formatPlural(group.jobs, 'job')} of ${toVisible(group.queue)}`}
      onClick={() => void restore()}
    >
      Put back
    </Button>
  );
}
