'use client';

import { Pill } from '@/components/queues/state-mark';
import { RecorderCard } from '@/components/sources/recorder-card';
import { SetAsideCard } from '@/components/sources/set-aside-card';
import { SourceFacts } from '@/components/sources/source-facts';
import { SourceRights } from '@/components/sources/source-rights';
import { SourceSizes } from '@/components/sources/source-sizes';
import { SOURCE_TONES, SOURCE_WORDS } from '@/components/sources/source-status';
import { SourceWarnings } from '@/components/sources/source-warnings';
import { WorkerCard } from '@/components/sources/worker-card';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { describeError } from '@/lib/client/http/problem-error';
import { useSourceDetail } from '@/lib/client/sources';
import type { SourceDetail } from '@/lib/contracts/source-detail';

interface SourceViewProps {
  name: string;
  problem: { title: string; detail: string } | null;
}

/** Whether this broker can be trusted with jobs, and what fills it. */
export function SourceView({ name, problem }: SourceViewProps) {
  const { data: source, error, refetch, isFetching } = useSourceDetail(name);
  if (!source)
    return (
      <div className="page">
        <div className="head">
          <h1 className="clip">{name}</h1>
        </div>
        {error || problem ? (
          <ProblemNotice
            title={problem?.title ?? 'This source could not be read'}
            detail={error ? describeError(error) : problem?.detail}
          >
            <Button small onClick={() => void refetch()}>
              Try again
            </Button>
          </ProblemNotice>
        ) : (
          <div className="card">
            <SkeletonRows rows={6} columns={2} />
          </div>
        )}
      </div>
    );
  return (
    <div className="page">
      <div className="head">
        <h1 className="clip">{source.name}</h1>
        <Pill tone={SOURCE_TONES[source.status]}>{SOURCE_WORDS[source.status]}</Pill>
        <span className="muted clip">{describeServer(source)}</span>
        <div className="acts">
          <Button busy={isFetching} onClick={() => void refetch()}>
            Look again
          </Button>
        </div>
      </div>
      {source.reason && <ProblemNotice title={source.reason} />}
      <SourceRights rights={source.missingRights} />
      <SourceWarnings source={source} />
      <div className="jobgrid">
        <div className="col">
          <SetAsideCard source={source.name} />
          <SourceSizes source={source} />
        </div>
        <div className="col">
          <SourceFacts source={source} />
          <WorkerCard source={source} />
          <RecorderCard source={source.name} />
        </div>
      </div>
    </div>
  );
}

const KINDS = { 'bullmq-redis': 'BullMQ on Redis', 'bullmq-postgres': 'BullMQ on PostgreSQL' };
const describeServer = ({ backend, version }: SourceDetail) => [version, KINDS[backend]].filter(Boolean).join(' · ');
