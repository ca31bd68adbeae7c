'use client';

import { useState } from 'react';
import { RangeSwitch } from '@/components/charts/range-switch';
import { GroupTable } from '@/components/failures/group-table';
import { MergeBar } from '@/components/failures/merge-bar';
import { PageLink } from '@/components/shell/nav/page-link';
import { Button } from '@/components/ui/button';
import { Empty } from '@/components/ui/empty';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useParams } from '@/components/ui/use-param';
import { Visible } from '@/components/ui/visible';
import { useFailures } from '@/lib/client/failures';
import { FAILURES_RANGE, type FailuresAddress, readFailuresAddress } from '@/lib/client/failures-address';
import { describeError } from '@/lib/client/http/problem-error';
import { queueHref } from '@/lib/client/http/url';
import type { FailureGroup } from '@/lib/contracts/failures';
import { formatPlural } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

const STATES = [
  { id: 'open', label: 'Open' },
  { id: 'muted', label: 'Muted' },
  { id: 'resolved', label: 'Resolved' },
  { id: 'all', label: 'All' },
] as const;

/** Which faults there are, and since when: failures by their cause. */
export function FailuresView() {
  const { params, linkTo, follow, hrefWith } = useParams();
  const address = readFailuresAddress(params);
  const failures = useFailures(address);
  const first = failures.data?.pages[0];
  return (
    <div className="page">
      <div className="head">
        <h1>Failures</h1>
        {address.of && (
          <span className="flex min-w-0 items-center gap-1 text-[14px]">
            <span className="muted">of</span>
            <PageLink
              href={queueHref(address.of.source, address.of.queue)}
              className="clip font-[550] hover:underline"
              title={toVisible(address.of.queue)}
            >
              <Visible text={address.of.queue} />
            </PageLink>
            <a className="btn sm ghost icon" {...linkTo({ source: null, queue: null })}>
              <span aria-hidden>✕</span>
              <span className="sr-only">Failures of all queues</span>
            </a>
          </span>
        )}
        {first && (
          <span className="muted tnum">
            {formatPlural(first.failures, 'failure')} in {formatPlural(first.groups, 'group')}
          </span>
        )}
        <div className="acts">
          <RangeSwitch otherwise={FAILURES_RANGE} />
          <nav className="seg" aria-label="Filter groups by state">
            {STATES.map(({ id, label }) => (
              <a
                key={id}
                {...linkTo({ state: id === 'open' ? null : id })}
                aria-current={id === address.state ? 'true' : undefined}
              >
                {label}
              </a>
            ))}
          </nav>
        </div>
      </div>
      <section className="card" aria-label="Groups">
        <TextFilter
          key={address.text}
          text={address.text}
          onApply={(text) => follow(hrefWith({ text: text || null }))}
        />
        <Groups key={JSON.stringify(address.of)} address={address} failures={failures} />
      </section>
    </div>
  );
}

function Groups({ address, failures }: { address: FailuresAddress; failures: ReturnType<typeof useFailures> }) {
  const [selected, setSelected] = useState<ReadonlyMap<number, FailureGroup>>(new Map());
  const select = (some: FailureGroup[], on: boolean) => {
    const next = new Map(selected);
    for (const group of some)
      if (on) next.set(group.id, group);
      else next.delete(group.id);
    setSelected(next);
  };
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isPlaceholderData } = failures;
  if (!data && error)
    return (
      <div className="p-[14px]">
        <ProblemNotice title="The failures could not be read" detail={describeError(error)}>
          <Button small onClick={() => void refetch()}>
            Try again
          </Button>
        </ProblemNotice>
      </div>
    );
  if (!data) return <SkeletonRows rows={8} columns={6} />;
  const groups = data.pages.flatMap((page) => page.items);
  const bar = selected.size > 0 && <MergeBar groups={[...selected.values()]} onClear={() => setSelected(new Map())} />;
  if (groups.length === 0)
    return (
      <>
        {bar}
        <NoGroups address={address} />
      </>
    );
  return (
    <>
      {bar}
      <GroupTable
        groups={groups}
        address={address}
        dim={isPlaceholderData}
        selected={new Set(selected.keys())}
        onSelect={select}
      />
      {hasNextPage && (
        <footer className="flex justify-center border-line border-t p-2">
          <Button small busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            More groups
          </Button>
        </footer>
      )}
    </>
  );
}

function NoGroups({ address: { state, text, of } }: { address: FailuresAddress }) {
  if (text)
    return (
      <Empty title={`No ${state === 'all' ? '' : `${state} `}group has “${text}”`}>
        <span>Title, newest message, queues and names of jobs were looked at, in this period.</span>
      </Empty>
    );
  if (state === 'muted') return <Empty title="Nothing is muted" />;
  if (state === 'resolved')
    return (
      <Empty title="Nothing is marked as resolved">
        <span>A group that is resolved comes back by itself when it fails again.</span>
      </Empty>
    );
  return (
    <Empty title={of ? `Nothing failed in ${of.queue} in this period` : 'Nothing failed in this period'}>
      <span>As soon as a job fails, its cause stands here, with all others that fail alike.</span>
    </Empty>
  );
}

function TextFilter({ text, onApply }: { text: string; onApply: (text: string) => void }) {
  const [value, setValue] = useState(text);
  return (
    // biome-ignore lint/a11y/useSemanticElements: <search> is not known to every screen reader yet
    <form
      className="filterbar"
      role="search"
      aria-label="Filter groups"
      onSubmit={(event) => {
        event.preventDefault();
        onApply(value.trim());
      }}
    >
      <input
        className="input grow"
        aria-label="Error, queue or job has"
        placeholder="Filter by error, queue or job…"
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
      />
      <Button type="submit" small className="h-[30px]">
        Filter
      </Button>
      {text && (
        <Button small look="ghost" className="h-[30px]" onClick={() => onApply('')}>
          Clear
        </Button>
      )}
    </form>
  );
}
