'use client';

import { useMemo } from 'react';
import { findSpell } from '@/components/overview/failure-spell';
import { type Cause, findCauses, LATELY_MS } from '@/components/overview/find-causes';
import { PageLink } from '@/components/shell/nav/page-link';
import { SkeletonRows } from '@/components/ui/skeleton';
import { Ago, DayClock } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { useRecorders } from '@/lib/client/metrics';
import { useQueues } from '@/lib/client/queues';
import { useRecentFailures } from '@/lib/client/recent-failures';
import { useSources } from '@/lib/client/sources';
import { formatPlural } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

const MOST = 12;

/** What is wrong now, where, and why. */
export function AttentionList() {
  const { data } = useQueues();
  const sources = useSources().data?.items;
  const records = useRecorders().data?.items;
  const failures = useRecentFailures(LATELY_MS).data;
  const spells = useMemo(
    () => failures?.items.flatMap((group) => findSpell(group, Date.parse(failures.from), failures.stepMs) ?? []) ?? [],
    [failures],
  );
  const causes = data || sources ? findCauses(data?.items ?? [], sources, spells, records) : null;
  return (
    <section className="card" aria-labelledby="attention-title">
      <header>
        <h2 id="attention-title">Needs attention</h2>
        <div className="r">{causes && causes.length > 0 && <span className="tnum">{causes.length} open</span>}</div>
      </header>
      {!causes && <SkeletonRows rows={3} columns={3} />}
      {data && causes?.length === 0 && (
        <p className="muted m-0 flex items-center gap-3 px-[14px] py-[11px]">
          <span className="dot completed bg-completed" />
          Nothing. No queue holds failed jobs, none is backed up or paused with jobs in it, and none lacks a worker.
        </p>
      )}
      <div className="attn">
        {causes?.slice(0, MOST).map((cause) => (
          <CauseRow key={cause.id} cause={cause} />
        ))}
      </div>
      {causes && causes.length > MOST && (
        <PageLink href="/queues" className="muted block border-line border-t px-[14px] py-2 hover:underline">
          {formatPlural(causes.length - MOST, 'more', 'more')}: all queues
        </PageLink>
      )}
    </section>
  );
}

function CauseRow({ cause }: { cause: Cause }) {
  return (
    <div className={cause.tone}>
      <span className="dot" />
      <span className="clip">
        <b title={toVisible(cause.subject)}>
          <Visible text={cause.subject} />
        </b>{' '}
        <span className="muted">
          · <Visible text={cause.what} />
        </span>
      </span>
      <span className={`why clip muted ${cause.isCode ? 'mono' : ''}`} title={toVisible(cause.why)}>
        {cause.whyHref ? (
          <PageLink href={cause.whyHref} className="clip block py-1 hover:underline">
            <Visible text={cause.why} />
          </PageLink>
        ) : (
          <Visible text={cause.why} />
        )}
      </span>
      <span className="since faint num">
        <CauseTime cause={cause} />
      </span>
      <PageLink className="btn sm" href={cause.href} aria-label={`${cause.action}: ${toVisible(cause.subject)}`}>
        {cause.action}
      </PageLink>
    </div>
  );
}

function CauseTime({ cause: { since, at } }: { cause: Cause }) {
  if (since)
    return (
      <>
        since <DayClock at={since} />
      </>
    );
  if (!at) return null;
  return (
    <>
      last <Ago at={at} />
    </>
  );
}
