'use client';

import { OperationFacts } from '@/components/operations/operation-facts';
import { OperationHead } from '@/components/operations/operation-head';
import { OutcomeBar } from '@/components/operations/operation-state';
import { OutcomesCard } from '@/components/operations/outcomes-card';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { Visible } from '@/components/ui/visible';
import { describeError } from '@/lib/client/http/problem-error';
import { OPERATIONS_TOPIC } from '@/lib/client/live/topics';
import { useTopic } from '@/lib/client/live/use-live';
import { useOperation } from '@/lib/client/operations';
import type { Operation } from '@/lib/contracts/operations';
import { formatCoarse, formatCount } from '@/lib/format';

interface OperationViewProps {
  id: string;
  problem: { title: string; detail: string } | null;
}

export function OperationView({ id, problem }: OperationViewProps) {
  const { data: operation, error, refetch } = useOperation(id);
  useTopic(OPERATIONS_TOPIC);
  if (!operation)
    return (
      <div className="page">
        <div className="head">
          <h1>Operation</h1>
        </div>
        {error || problem ? (
          <ProblemNotice
            title={problem?.title ?? 'This operation could not be read'}
            detail={error ? describeError(error) : problem?.detail}
          >
            <Button small onClick={() => void refetch()}>
              Try again
            </Button>
          </ProblemNotice>
        ) : (
          <div className="card">
            <SkeletonRows rows={5} columns={3} />
          </div>
        )}
      </div>
    );
  return (
    <div className="page">
      <OperationHead operation={operation} />
      {operation.note && (
        <div className="notice paused" role="status">
          <span className="dot translate-y-[-1px]" />
          <span className="min-w-0 [overflow-wrap:anywhere]">
            <Visible text={operation.note} />
          </span>
        </div>
      )}
      <div className="jobgrid">
        <div className="col">
          <ProgressCard operation={operation} />
          <OutcomesCard operation={operation} />
        </div>
        <div className="col">
          <OperationFacts operation={operation} />
        </div>
      </div>
    </div>
  );
}

function ProgressCard({ operation }: { operation: Operation }) {
  const { total, done, skipped, failed, perSecond, leftMs, phase } = operation;
  const ended = done + skipped + failed;
  const parts = [`${formatCount(ended)} of ${formatCount(total)}`];
  if (perSecond !== null) parts.push(`${formatCount(Math.round(perSecond))}/s`);
  if (leftMs !== null) parts.push(`about ${formatCoarse(leftMs)} left`);
  return (
    <section className="card" aria-labelledby="progress-title">
      <header>
        <h2 id="progress-title">Progress</h2>
        <div className="r tnum">{parts.join(' · ')}</div>
      </header>
      <div className="grid gap-3 p-[14px]">
        <OutcomeBar operation={operation} />
        <dl className="m-0 flex flex-wrap gap-x-5 gap-y-1">
          <Count name="done" tone="completed" count={done} />
          <Count name="skipped" tone="waiting" count={skipped} />
          <Count name="failed" tone="failed" count={failed} />
          <Count name="still to do" tone="unknown" count={Math.max(0, total - ended)} />
        </dl>
        {phase && (
          <p className="muted tnum m-0">
            Step {formatCount(phase.step)} of {formatCount(phase.steps)}: {formatCount(phase.ended)} of{' '}
            {formatCount(phase.jobs)} have ended, {formatCount(phase.failedAgain)} of them failed again.
          </p>
        )}
      </div>
    </section>
  );
}

function Count({ name, tone, count }: { name: string; tone: string; count: number }) {
  return (
    <div className={`state ${tone}`}>
      <dt className="muted order-2">{name}</dt>
      <dd className="tnum m-0 inline-flex items-center gap-[7px] font-[600]">
        <span className="dot" />
        {formatCount(count)}
      </dd>
    </div>
  );
}
