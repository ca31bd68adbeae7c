'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { StateMark } from '@/components/queues/state-mark';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/problem';
import { Clock } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { describeError } from '@/lib/client/http/problem-error';
import { WILL_BE } from '@/lib/client/operation-words';
import type { ActionKind } from '@/lib/client/operations';
import type { OperationPreview } from '@/lib/contracts/operations';
import { formatCount } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

interface DryRunProps {
  kind: ActionKind;
  run: UseQueryResult<OperationPreview>;
  /** How the set drifted since it was selected. */
  drifted: string | null;
}

/** What would happen, counted and shown before it does. */
export function DryRun({ kind, run, drifted }: DryRunProps) {
  const { data, error, isFetching, refetch } = run;
  if (error && !data)
    return (
      <ProblemNotice title="The dry run did not work" detail={describeError(error)}>
        <Button small onClick={() => void refetch()}>
          Try again
        </Button>
      </ProblemNotice>
    );
  return (
    <section className="rounded-md border border-line" aria-label="Dry run" aria-busy={isFetching}>
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-3 py-2.5" role="status">
        {data ? (
          <>
            <span>
              <b className="tnum font-[600] text-[15px]">
                {data.exact ? '' : '≈ '}
                {formatCount(data.eligible)}
              </b>{' '}
              will be {WILL_BE[kind]}
            </span>
            <span className="faint">
              as of <Clock at={data.asOf} />
              {data.exact ? '' : `, after looking at ${formatCount(data.searched)}`}
            </span>
            <Button small look="ghost" className="ml-auto" busy={isFetching} onClick={() => void refetch()}>
              Count again
            </Button>
            {(data.notEligible.length > 0 || drifted) && (
              <ul className="muted m-0 w-full list-none p-0">
                {drifted && <li>{drifted}.</li>}
                {data.notEligible.map(({ reason, count }) => (
                  <li key={reason}>
                    <span className="tnum">{formatCount(count)}</span> not: {reason}.
                  </li>
                ))}
              </ul>
            )}
          </>
        ) : (
          <span className="muted">Counting the jobs…</span>
        )}
      </div>
      {data && data.sample.length > 0 && <Sample jobs={data.sample} />}
    </section>
  );
}

const SHOWN = 5;

function Sample({ jobs }: { jobs: OperationPreview['sample'] }) {
  return (
    <details className="border-line border-t" open={jobs.length <= SHOWN}>
      <summary className="cursor-pointer px-3 py-1.5 text-ink-2">Some of them</summary>
      <ul className="m-0 grid list-none gap-1 px-3 pb-2.5">
        {jobs.map((job) => (
          <li key={job.id} className="flex min-w-0 items-baseline gap-2.5">
            <span className="mono clip max-w-[38%] flex-none" title={toVisible(job.id)}>
              <Visible text={job.id} />
            </span>
            <span className="clip max-w-[30%] flex-none font-[550]" title={toVisible(job.name)}>
              <Visible text={job.name} />
            </span>
            <StateMark state={job.state} />
            {job.error && (
              <span className="mono muted clip" title={toVisible(job.error)}>
                <Visible text={job.error} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
