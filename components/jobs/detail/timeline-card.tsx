'use client';

import { buildTimeline, type Timeline, type TimelineRow } from '@/components/jobs/detail/timeline';
import { useNow } from '@/components/ui/now';
import { Clock } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import type { JobRuns } from '@/lib/client/job-runs';
import type { Job } from '@/lib/contracts/jobs';
import { formatDuration } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

/** `runs`: as they were recorded. */
export function TimelineCard({ job, runs }: { job: Job; runs: JobRuns | null }) {
  const timeline = buildTimeline(job, useNow(), runs?.attemptsList);
  const spanMs = timeline.endMs - timeline.startMs;
  return (
    <section className="card" aria-labelledby="timeline-title">
      <header>
        <h2 id="timeline-title">Timeline</h2>
        <div className="r tnum">
          {formatDuration(spanMs)}
          {timeline.endsNow && ' so far'}
        </div>
      </header>
      <div className="tl">
        {timeline.rows.map((row) => (
          <Track key={row.label} row={row} timeline={timeline} />
        ))}
      </div>
      <div className="axis" aria-hidden>
        <span>
          <Clock at={job.addedAt} />
        </span>
        <span>+{formatDuration(spanMs / 4)}</span>
        <span>+{formatDuration(spanMs / 2)}</span>
        <span>+{formatDuration((spanMs / 4) * 3)}</span>
        <span>{timeline.endsNow ? 'now' : <Clock at={new Date(timeline.endMs).toISOString()} />}</span>
      </div>
      {timeline.gap && <p className="hint m-0 border-line border-t px-[14px] py-2">{timeline.gap}</p>}
    </section>
  );
}

function Track({ row, timeline }: { row: TimelineRow; timeline: Timeline }) {
  const spanMs = timeline.endMs - timeline.startMs;
  const percent = (ms: number) => `${Math.min(100, Math.max(0, (ms / spanMs) * 100))}%`;
  const tone = row.tone === 'failed' && row.kind === 'solid' ? 'bad' : 'muted';
  return (
    <div className="r">
      <span className="muted clip" title={toVisible(row.label)}>
        <Visible text={row.label} />
      </span>
      <div className={`track ${row.tone}`}>
        <i
          className={row.kind}
          style={{
            left: `min(${percent(row.fromMs - timeline.startMs)}, calc(100% - 3px))`,
            width: percent(row.toMs - row.fromMs),
          }}
        />
      </div>
      <span className={`num clip ${tone}`}>
        <Visible text={row.text} />
      </span>
    </div>
  );
}
