'use client';

import { useState } from 'react';
import { RangeSwitch } from '@/components/charts/range-switch';
import { TimeChart } from '@/components/charts/time-chart';
import { DifferencesCard } from '@/components/failures/group/differences-card';
import { MadeOfCard } from '@/components/failures/group/made-of-card';
import { NoteCard } from '@/components/failures/group/note-card';
import { PlacesCard } from '@/components/failures/group/places-card';
import { SamplesCard } from '@/components/failures/group/samples-card';
import { GroupActionDialog } from '@/components/failures/group-action-dialog';
import { GroupMarks } from '@/components/failures/group-marks';
import { GroupMenu } from '@/components/failures/group-menu';
import type { GroupVerb } from '@/components/failures/group-table';
import { GroupTitle } from '@/components/failures/group-title';
import { PageLink } from '@/components/shell/nav/page-link';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/problem';
import { Ago, DayClock } from '@/components/ui/time';
import { useParams } from '@/components/ui/use-param';
import { Visible } from '@/components/ui/visible';
import { useFailureGroup } from '@/lib/client/failures';
import { FAILURES_RANGE, readFailuresAddress } from '@/lib/client/failures-address';
import { describeError } from '@/lib/client/http/problem-error';
import { searchHref } from '@/lib/client/http/url';
import type { FailureGroupDetail } from '@/lib/contracts/failures';
import { formatCount } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

interface GroupViewProps {
  group: number;
  problem: { title: string; detail: string } | null;
}

/** One cause: how often and since when, where, what differs, and what can be done about all of it at once. */
export function GroupView({ group: id, problem }: GroupViewProps) {
  const { params, follow, hrefWith } = useParams();
  const { data, error, refetch } = useFailureGroup(id, readFailuresAddress(params));
  const [asked, setAsked] = useState<GroupVerb | null>(null);
  if (!data)
    return (
      <div className="page">
        <div className="head">
          <h1>Failure</h1>
        </div>
        {(error || problem) && (
          <ProblemNotice
            title={problem?.title ?? 'This group could not be read'}
            detail={error ? describeError(error) : problem?.detail}
          >
            <PageLink className="btn sm" href="/failures">
              All failures
            </PageLink>
            <Button small onClick={() => void refetch()}>
              Look again
            </Button>
          </ProblemNotice>
        )}
      </div>
    );
  return (
    <div className="page">
      <div className="head">
        <h1 className="mono clip" title={toVisible(data.title)}>
          <GroupTitle title={data.title} />
        </h1>
        <GroupMarks group={data} />
        <div className="acts">
          <RangeSwitch otherwise={FAILURES_RANGE} />
          <Button
            look="primary"
            blocked={data.jobsNow === 0 ? 'None of its jobs is failed in the broker now' : null}
            onClick={() => setAsked('retry')}
          >
            Retry {formatCount(data.jobsNow)}
          </Button>
          <GroupMenu group={data} onAsk={setAsked} />
        </div>
      </div>
      <Facts group={data} />
      <TimeChart
        title="Failures"
        kind="bars"
        fromMs={Date.parse(data.from)}
        stepMs={data.stepMs}
        deploys={data.deploys}
        onRange={(fromMs, toMs) =>
          follow(hrefWith({ from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() }))
        }
        lines={[{ label: 'Failures', tone: 'failed', values: data.line, format: (value) => formatCount(value) }]}
      />
      <div className="two">
        <div className="grid content-start gap-[18px]">
          {data.madeOf.length > 0 && <MadeOfCard group={data} />}
          <DifferencesCard group={id} />
        </div>
        <div className="grid content-start gap-[18px]">
          <PlacesCard group={data} />
          <NoteCard key={data.id} group={data} />
        </div>
      </div>
      <SamplesCard group={data} />
      {data.stack && (
        <section className="card" aria-labelledby="stack-title">
          <header>
            <h2 id="stack-title">Newest trace</h2>
          </header>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must reach it */}
          <pre className="code m-0 max-h-[320px] overflow-auto p-[14px]" tabIndex={0}>
            <Visible text={data.stack} lines />
          </pre>
        </section>
      )}
      {asked && <GroupActionDialog group={data} verb={asked} onClose={() => setAsked(null)} />}
    </div>
  );
}

function Facts({ group }: { group: FailureGroupDetail }) {
  return (
    <section className="card grid gap-2 p-[14px]" aria-label="Facts">
      <p className="mono m-0 [overflow-wrap:anywhere]">
        <Visible text={group.message} lines />
      </p>
      {group.isFolded && (
        <p className="m-0">
          More than 20 new groups with this beginning{group.frame ? ', from the same place in the code,' : ''} came
          within an hour, each with words of its own. Those that came after are counted here as one; the newest stands
          above.
        </p>
      )}
      <p className="muted m-0 flex flex-wrap gap-x-5 gap-y-1">
        <span>
          <b className="tnum font-[600] text-ink">{formatCount(group.inRange)}</b> in this period,{' '}
          {formatCount(group.total)} ever
        </span>
        <span>
          first <DayClock at={group.firstAt} />, last <Ago at={group.lastAt} />
        </span>
        {group.frame && (
          <span className="mono">
            <Visible text={group.frame} />
          </span>
        )}
        {group.versions.length > 0 && (
          <span className="clip">
            versions <Visible text={group.versions.join(', ')} />
          </span>
        )}
        {group.newSince && (
          <span>
            new since <Visible text={group.newSince} />
          </span>
        )}
        <PageLink href={searchHref(`group:${group.id}`)} className="hover:underline">
          Find its jobs
        </PageLink>
      </p>
    </section>
  );
}
