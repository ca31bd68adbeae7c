'use client';

import { countOf } from '@/components/flows/child-counts';
import { Elsewhere } from '@/components/flows/elsewhere';
import { FlowTree } from '@/components/flows/flow-tree';
import { RetryFlow } from '@/components/flows/retry-flow';
import { JobWhyLine } from '@/components/jobs/detail/job-why-line';
import { STATE_LABELS } from '@/components/queues/state-labels';
import { Pill } from '@/components/queues/state-mark';
import { PageLink } from '@/components/shell/nav/page-link';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useParams } from '@/components/ui/use-param';
import { Visible } from '@/components/ui/visible';
import { useFlowLevel } from '@/lib/client/flows';
import { describeError } from '@/lib/client/http/problem-error';
import { flowHref, jobHref } from '@/lib/client/http/url';
import type { ChildCounts, ChildKind } from '@/lib/contracts/flows';
import { formatCount, formatDuration } from '@/lib/format';

interface FlowViewProps {
  address: { source: string; queue: string; job: string };
  problem: { title: string; detail: string } | null;
}

const WORDS: Record<ChildKind, string> = {
  pending: 'Pending',
  processed: 'Processed',
  failed: 'Failed',
  ignored: 'Ignored',
};
const KINDS: ChildKind[] = ['pending', 'processed', 'failed', 'ignored'];

/** What waits for what, from one job down. */
export function FlowView({ address, problem }: FlowViewProps) {
  const { params, linkTo } = useParams();
  const asked = params.get('kind');
  const kind = KINDS.find((each) => each === asked) ?? null;
  const { data, error, refetch } = useFlowLevel(address, kind, true);
  const first = data?.pages[0];
  const root = first?.node;
  if (!first || !root)
    return (
      <div className="page">
        <div className="head">
          <h1 className="clip">
            <Visible text={address.job} />
          </h1>
        </div>
        {error || problem ? (
          <ProblemNotice
            title={problem?.title ?? 'This flow could not be read'}
            detail={error ? describeError(error) : problem?.detail}
          >
            <Button small onClick={() => void refetch()}>
              Try again
            </Button>
          </ProblemNotice>
        ) : (
          <div className="card">
            <SkeletonRows rows={6} columns={3} />
          </div>
        )}
      </div>
    );
  const { criticalPath } = first;
  return (
    <div className="page">
      <div className="head">
        <h1 className="clip">
          <Visible text={root.name ?? root.id} />
        </h1>
        <span className="mono muted clip max-w-[60ch]">
          <Visible text={root.queue} />:<Visible text={root.id} />
        </span>
        {root.state && <Pill tone={root.state}>{STATE_LABELS[root.state]}</Pill>}
        <div className="acts">
          {root.parentKey !== undefined && (
            <span className="flex min-w-0 max-w-[48ch] items-center gap-2">
              <span className="faint">Parent</span>
              <Elsewhere jobKey={root.parentKey} />
            </span>
          )}
          {root.parent && (
            <PageLink className="btn" href={flowHref(address.source, root.parent.queue, root.parent.id)}>
              Up to its parent
            </PageLink>
          )}
          <PageLink className="btn" href={jobHref(address.source, root.queue, root.id)}>
            Open job
          </PageLink>
          {root.children && <RetryFlow address={address} />}
        </div>
      </div>
      {root.state === 'waiting-children' && <JobWhyLine address={address} state={root.state} />}
      <section className="card" aria-labelledby="tree-title">
        <header className="flex-wrap">
          <h2 id="tree-title">Tree</h2>
          {root.children && <KindFilter counts={root.children} kind={kind} linkTo={linkTo} />}
          <div className="r tnum">
            {criticalPath && criticalPath.jobs.length > 1 && (
              <span>
                <span aria-hidden className="mr-2 inline-block h-3 w-0.5 bg-ink align-[-2px]" />
                critical path{criticalPath.elapsedMs !== null && `, ${formatDuration(criticalPath.elapsedMs)} so far`}
                {criticalPath.partial && ' (of what is loaded)'}
              </span>
            )}
          </div>
        </header>
        <FlowTree key={kind} source={address.source} root={root} kind={kind} />
        {root.elsewhere && (
          <ul className="m-0 grid list-none gap-1.5 px-[14px] pb-3" aria-label="Children under another prefix">
            {root.elsewhere.map((key) => (
              <li key={key} className="flex min-w-0 items-center gap-2">
                <Elsewhere jobKey={key} />
              </li>
            ))}
          </ul>
        )}
        {root.children === null && <p className="muted m-0 px-[14px] pb-3">This job has no children.</p>}
      </section>
    </div>
  );
}

interface KindFilterProps {
  counts: ChildCounts;
  kind: ChildKind | null;
  linkTo: ReturnType<typeof useParams>['linkTo'];
}

function KindFilter({ counts, kind, linkTo }: KindFilterProps) {
  return (
    <nav className="seg" aria-label="Which children">
      <a {...linkTo({ kind: null })} aria-current={kind === null ? 'true' : undefined}>
        All <span className="tnum ml-1 font-normal text-ink-3">{formatCount(counts.total)}</span>
      </a>
      {KINDS.map((each) => (
        <a key={each} {...linkTo({ kind: each })} aria-current={each === kind ? 'true' : undefined}>
          {WORDS[each]} <span className="tnum ml-1 font-normal text-ink-3">{countOf(counts, each)}</span>
        </a>
      ))}
    </nav>
  );
}
