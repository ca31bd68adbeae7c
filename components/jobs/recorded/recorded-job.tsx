'use client';

import { AttemptsCard } from '@/components/jobs/recorded/attempts-card';
import { PageLink } from '@/components/shell/nav/page-link';
import { CopyButton } from '@/components/ui/copy-button';
import { JsonBlock } from '@/components/ui/json-block';
import { DayClock } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { groupHref, queueHref } from '@/lib/client/http/url';
import { prettyJson } from '@/lib/client/json/json-text';
import { recordedLabel, recordedTone } from '@/lib/client/recorded-states';
import type { Payload } from '@/lib/contracts/jobs';
import type { RecordedJob } from '@/lib/contracts/search';
import { formatBytes, formatCount, formatDuration } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

interface RecordedJobViewProps {
  job: RecordedJob;
  /** Why the broker does not show it, where that is known. */
  problem: string | null;
}

/** A job that the broker has not got any more, or cannot show, as the record kept it. */
export function RecordedJobView({ job, problem }: RecordedJobViewProps) {
  return (
    <div className="page">
      <div className="head">
        <h1 className="clip" title={toVisible(job.name)}>
          <Visible text={job.name} />
        </h1>
        <span className={`pill ${recordedTone(job)}`}>{recordedLabel(job)}</span>
        <span className="mono muted clip" title={toVisible(job.id)}>
          <Visible text={job.id} />
        </span>
        <div className="acts">
          {job.group !== null && (
            <PageLink className="btn" href={groupHref(job.group)}>
              Open its failure
            </PageLink>
          )}
          <PageLink className="btn" href={queueHref(job.source, job.queue)}>
            Open queue
          </PageLink>
        </div>
      </div>
      <p className="hint m-0">{describePresence(job, problem)} This is what was recorded of it.</p>
      <div className="jobgrid">
        <div className="col">
          <AttemptsCard job={job} />
          {job.failure && (
            <section className="card" aria-labelledby="recorded-error">
              <header>
                <h2 id="recorded-error">Error</h2>
                <div className="r">
                  <CopyButton
                    small
                    look="ghost"
                    label="Copy"
                    text={() => job.failure?.stack ?? job.failure?.message ?? ''}
                  />
                </div>
              </header>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must reach it */}
              <pre className="code m-0 max-h-[340px] overflow-auto whitespace-pre-wrap p-[14px]" tabIndex={0}>
                <Visible text={job.failure.stack ?? job.failure.message} lines />
              </pre>
            </section>
          )}
          <div className={job.result ? 'two' : ''}>
            <KeptPayload title="Data" payload={job.data} />
            {job.result && <KeptPayload title="Result" payload={job.result} />}
          </div>
        </div>
        <div className="col">
          <Facts job={job} />
          {job.options !== null && <KeptPayload title="Options" payload={toPayload(job.options)} />}
        </div>
      </div>
    </div>
  );
}

/** That it was removed is said only where the broker was asked. */
function describePresence({ inBroker }: RecordedJob, problem: string | null): string {
  if (inBroker === false)
    return 'The broker has not got this job any more: it was removed by someone, or by its own retention when it ended.';
  const why = problem ?? 'It could not be asked just now.';
  return inBroker === null
    ? `Whether the broker still has this job is not known. ${why}`
    : `The broker has this job, but it could not be read. ${why}`;
}

function Facts({ job }: { job: RecordedJob }) {
  const rows: [name: string, value: React.ReactNode][] = [
    [
      'Queue',
      <PageLink key="q" className="link" href={queueHref(job.source, job.queue)}>
        <Visible text={job.queue} />
      </PageLink>,
    ],
    ['Source', job.source],
    ['Attempts', `${formatCount(job.attemptsMade)} of ${formatCount(job.attempts)}`],
    ['Added', <DayClock key="a" at={job.addedAt} />],
    ['Started', job.startedAt ? <DayClock key="s" at={job.startedAt} /> : '—'],
    ['Finished', job.finishedAt ? <DayClock key="f" at={job.finishedAt} /> : '—'],
    ['Waited', formatDuration(job.waitMs)],
    ['Ran', formatDuration(job.runMs)],
    ['Worker', job.worker ?? '—'],
    ['Scheduler', job.schedulerId],
    ['Deduplication', job.deduplicationId],
    ['Added by', job.addedBy],
    ['Parent', job.parent && `${job.parent.queue}:${job.parent.id}`],
    ['Earlier lives', job.others.length > 0 ? formatCount(job.others.length) : null],
  ];
  return (
    <section className="card" aria-label="Facts">
      <dl className="facts">
        {rows.map(
          ([name, value]) =>
            value !== null && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{typeof value === 'string' ? <Visible text={value} /> : value}</dd>
              </div>
            ),
        )}
      </dl>
    </section>
  );
}

function KeptPayload({ title, payload }: { title: string; payload: Payload | null }) {
  return (
    <section className="card" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {payload && (
          <div className="r">
            <span className="tnum">{formatBytes(payload.sizeBytes)}</span>
            <CopyButton small look="ghost" label="Copy" text={() => prettyJson(payload.text)} />
          </div>
        )}
      </header>
      {!payload && <p className="muted m-0 p-[14px]">It was gone before it could be recorded.</p>}
      {payload?.truncated && (
        <p className="hint m-0 border-line border-b px-[14px] py-2">
          The first {formatBytes(payload.text.length)} of {formatBytes(payload.sizeBytes)}: no more is kept of a
          payload.
        </p>
      )}
      {payload && <JsonBlock text={payload.text} label={`${title}, as JSON`} />}
    </section>
  );
}

function toPayload(value: unknown): Payload {
  const text = JSON.stringify(value) ?? 'null';
  return { text, sizeBytes: new TextEncoder().encode(text).length, truncated: false };
}
