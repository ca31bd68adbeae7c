'use client';

import { CompareSwitch } from '@/components/charts/compare-switch';
import { RangeSwitch } from '@/components/charts/range-switch';
import { Figure } from '@/components/metrics/figure';
import { PeriodCharts } from '@/components/metrics/period-charts';
import { change, rateParts, whyNotCompared } from '@/components/metrics/words';
import { PageLink } from '@/components/shell/nav/page-link';
import { Empty } from '@/components/ui/empty';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useParams } from '@/components/ui/use-param';
import { Visible } from '@/components/ui/visible';
import { describeError } from '@/lib/client/http/problem-error';
import { queueHref, searchHref } from '@/lib/client/http/url';
import { useSummary } from '@/lib/client/metrics';
import { readRange } from '@/lib/client/range';
import type { Summary } from '@/lib/contracts/metrics';
import { formatCount, formatDuration } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

/** A queue over time: figures beside the period before, charts, and each name of job for itself. */
export function QueueMetricsView({ source, queue }: { source: string; queue: string }) {
  const { params } = useParams();
  const { data, error } = useSummary({ source, queue }, readRange(params));
  return (
    <div className="page">
      <div className="head">
        <h1 className="clip" title={toVisible(queue)}>
          <Visible text={queue} />
        </h1>
        <span className="muted">over time</span>
        <div className="acts">
          <CompareSwitch />
          <RangeSwitch />
          <PageLink className="btn" href={queueHref(source, queue)}>
            Open queue
          </PageLink>
        </div>
      </div>
      {error && !data && <ProblemNotice title="The figures could not be read" detail={describeError(error)} />}
      <QueueFigures data={data} />
      <PeriodCharts of={{ source, queue }} />
      <section className="card" aria-labelledby="names-title">
        <header>
          <h2 id="names-title">By name of job</h2>
        </header>
        {!data && <SkeletonRows rows={4} columns={6} />}
        {data && data.names.length === 0 && <Empty title="Nothing ran in this period" />}
        {data && data.names.length > 0 && <Names names={data.names} queue={queue} />}
      </section>
    </div>
  );
}

function QueueFigures({ data }: { data: Summary | undefined }) {
  const { now, before, lines } = data ?? {};
  const rate = now && rateParts(now.failureRate);
  const tooFew = whyNotCompared(now, before);
  const count = (value: number | undefined) => (value === undefined ? undefined : formatCount(value));
  const was = (ms: number | undefined) => (ms === undefined ? '' : `was ${formatDuration(ms)}`);
  return (
    <dl className="card figs m-0">
      <Figure
        label="Completed"
        value={count(now?.completed)}
        note={change(now?.completed, before?.completed, 'share')}
        line={lines?.finished}
        tone="completed"
      />
      <Figure
        label="Failed"
        value={count(now?.failed)}
        note={change(now?.failed, before?.failed, 'count')}
        tone="failed"
      />
      <Figure
        label="Failure rate"
        value={rate?.value}
        unit={rate?.unit}
        note={tooFew ?? change(now?.failureRate, before?.failureRate, 'points')}
        line={lines?.failureRate}
        tone="failed"
      />
      <Figure
        label="Wait p95"
        value={now && formatDuration(now.wait?.p95)}
        note={tooFew ?? was(before?.wait?.p95)}
        line={lines?.waitP95}
        tone="waiting"
      />
      <Figure
        label="Run p95"
        value={now && formatDuration(now.run?.p95)}
        note={tooFew ?? was(before?.run?.p95)}
        line={lines?.runP95}
        tone="active"
      />
      <Figure
        label="Stalled"
        value={count(now?.stalled)}
        note={change(now?.stalled, before?.stalled, 'count')}
        tone="ink"
      />
    </dl>
  );
}

function Names({ names, queue }: { names: Summary['names']; queue: string }) {
  return (
    <div className="scroll-x">
      <table className="grid-table">
        <thead>
          <tr>
            <th className="w-full">Job</th>
            <th className="num">Completed</th>
            <th className="num">Failed</th>
            <th className="num col-1">Failure rate</th>
            <th className="num col-1">Wait p95</th>
            <th className="num">Run p50</th>
            <th className="num">Run p95</th>
          </tr>
        </thead>
        <tbody>
          {names.map(({ name, totals }) => {
            const rate = rateParts(totals.failureRate);
            return (
              <tr key={name}>
                <td className="max-w-0">
                  <PageLink
                    href={searchHref(`queue:${JSON.stringify(queue)} name:${JSON.stringify(name)}`)}
                    className="clip block hover:underline"
                    title={toVisible(name)}
                  >
                    <Visible text={name} />
                  </PageLink>
                </td>
                <td className="num">{formatCount(totals.completed)}</td>
                <td className={`num ${totals.failed ? 'bad' : 'zero'}`}>{formatCount(totals.failed)}</td>
                <td className="num col-1">
                  {rate.value}
                  {rate.unit}
                </td>
                <td className="num col-1">{formatDuration(totals.wait?.p95)}</td>
                <td className="num">{formatDuration(totals.run?.p50)}</td>
                <td className="num">{formatDuration(totals.run?.p95)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
