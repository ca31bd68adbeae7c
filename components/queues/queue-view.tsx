'use client';

import { JobListCard } from '@/components/jobs/list/job-list-card';
import { QueueHead } from '@/components/queues/queue-head';
import { QueueWhyLine } from '@/components/queues/queue-why-line';
import { StateTabs } from '@/components/queues/state-tabs';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/problem';
import { UnreadableNote } from '@/components/ui/unreadable-note';
import { useParams } from '@/components/ui/use-param';
import { Visible } from '@/components/ui/visible';
import { describeError } from '@/lib/client/http/problem-error';
import { readListParams } from '@/lib/client/list-params';
import { queueTopic } from '@/lib/client/live/topics';
import { useTopic } from '@/lib/client/live/use-live';
import { useQueue } from '@/lib/client/queues';
import type { JobState } from '@/lib/contracts/states';

interface QueueViewProps {
  source: string;
  queue: string;
  /** Shown while the address names none; chosen on the server, so that live counts do not change the tab. */
  startState: JobState;
  problem: { title: string; detail: string } | null;
}

export function QueueView({ source, queue, startState, problem }: QueueViewProps) {
  const { params } = useParams();
  const known = useQueue(source, queue);
  useTopic(queueTopic(source, queue));
  const list = readListParams(params, undefined);
  const state = params.has('state') ? list.state : startState;
  if (!known.data && (known.error || problem))
    return (
      <div className="page">
        <div className="head">
          <h1 className="clip">
            <Visible text={queue} />
          </h1>
        </div>
        <ProblemNotice
          title={problem?.title ?? 'This queue could not be read'}
          detail={known.error ? describeError(known.error) : problem?.detail}
        >
          <Button small onClick={() => void known.refetch()}>
            Try again
          </Button>
        </ProblemNotice>
      </div>
    );
  return (
    <div className="page">
      {known.data ? (
        <QueueHead queue={known.data} />
      ) : (
        <div className="head">
          <h1 className="clip">
            <Visible text={queue} />
          </h1>
        </div>
      )}
      <UnreadableNote why={known.data?.unreadable} />
      <QueueWhyLine source={source} queue={queue} />
      <StateTabs source={source} queue={queue} figures={known.data} state={state} />
      <JobListCard key={`${state}`} source={source} queue={queue} list={{ ...list, state }} figures={known.data} />
    </div>
  );
}
