'use client';

import { Pill } from '@/components/queues/state-mark';
import { RecorderCost } from '@/components/sources/recorder-cost';
import { isLost } from '@/components/sources/source-status';
import { Fact } from '@/components/ui/fact';
import { Ago, DayClock } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { useRecorder } from '@/lib/client/metrics';
import { useSource } from '@/lib/client/sources';
import type { Recorder } from '@/lib/contracts/recorder';
import { formatBytes, formatCount, formatDuration } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

const STATES: Record<Recorder['state'], [label: string, tone: 'completed' | 'waiting' | 'failed' | 'active']> = {
  recording: ['Recording', 'completed'],
  'catching-up': ['Catching up', 'waiting'],
  backfilling: ['Reading what was there', 'active'],
  waiting: ['Nobody records', 'failed'],
  off: ['Not recorded', 'failed'],
};

/** How the history of this broker goes on: lag, what was not seen, its size, and what it costs the broker. */
export function RecorderCard({ source }: { source: string }) {
  const { data } = useRecorder(source);
  const known = useSource(source);
  if (!data) return null;
  const isBrokerAway = data.state === 'waiting' && known !== undefined && isLost(known.status);
  const [label, tone] = isBrokerAway ? (['Waits for the broker', 'waiting'] as const) : STATES[data.state];
  return (
    <section className="card" aria-labelledby="recorder-title">
      <header>
        <h2 id="recorder-title">History</h2>
        <div className="r">
          <Pill tone={tone} small>
            {label}
          </Pill>
        </div>
      </header>
      {data.state === 'off' && (
        <p className="muted m-0 px-[14px] pt-[11px]">
          The jobs of this kind of broker are not recorded yet: only what it holds now is shown.
        </p>
      )}
      {data.state === 'waiting' && (
        <p className="muted m-0 px-[14px] pt-[11px]">
          {isBrokerAway
            ? 'What happens meanwhile is read when the broker is back, as far as it keeps it.'
            : 'No monitor process has this source. What happens now is read when one comes, as far as the broker keeps it.'}
        </p>
      )}
      {data.backfill && <Backfill backfill={data.backfill} />}
      <dl className="facts">
        <Fact name="Behind">
          {data.lagMs === null ? '—' : data.lagMs < 1_000 ? 'nothing' : formatDuration(data.lagMs)}
        </Fact>
        <Fact name="Known since">{data.knownSince ? <DayClock at={data.knownSince} /> : '—'}</Fact>
        <Fact name="Compared">{data.reconciledAt ? <Ago at={data.reconciledAt} /> : '—'}</Fact>
        <Fact name="Jobs kept">
          ≈ {formatCount(data.jobs.recorded)}, {formatBytes(data.jobs.sizeBytes)}
          <span className="faint">
            {' '}
            of {formatBytes(data.jobs.keepBytes)}, {data.jobs.keepDays} days
          </span>
        </Fact>
        <Fact name="Set aside">{describeSetAside(data.setAside)}</Fact>
        <RecorderCost cost={data.cost} broker={data.broker} />
        <Fact name="Monitor">{data.owner ?? '—'}</Fact>
      </dl>
      {data.gaps.length > 0 && <Gaps gaps={data.gaps} />}
    </section>
  );
}

function describeSetAside({ count, last24h }: Recorder['setAside']) {
  if (count === 0) return 'nothing';
  return (
    <>
      <a className="link" href="#set-aside">
        {formatCount(count)}
      </a>
      <span className="faint">
        {' '}
        not recorded, {last24h === 0 ? 'none' : last24h === count ? 'all' : formatCount(last24h)} within 24 h
      </span>
    </>
  );
}

function Backfill({ backfill }: { backfill: NonNullable<Recorder['backfill']> }) {
  const share = backfill.total === 0 ? 0 : Math.min(1, backfill.done / backfill.total);
  return (
    <div className="grid gap-1.5 px-[14px] pt-[11px]">
      <progress className="progress w-full" max={1} value={share} aria-label="Jobs that were there before" />
      <span className="muted tnum">
        {formatCount(backfill.done)} of {formatCount(backfill.total)} jobs
        {backfill.leftMs !== null && `, about ${formatDuration(backfill.leftMs)} left`}
      </span>
    </div>
  );
}

function Gaps({ gaps }: { gaps: Recorder['gaps'] }) {
  return (
    <div className="grid gap-1 border-line border-t px-[14px] py-[11px]">
      {gaps.slice(0, 8).map((gap) => (
        <p key={`${gap.queue} ${gap.to} ${gap.unseen}`} className="muted m-0" title={toVisible(gap.reason)}>
          {gap.unseen === null ? 'An unknown number of' : `≈ ${formatCount(gap.unseen)}`} runs unseen between{' '}
          <DayClock at={gap.from} /> and <DayClock at={gap.to} />
          {gap.queue !== null && (
            <>
              {' '}
              in{' '}
              <span className="clip">
                <Visible text={gap.queue} />
              </span>
            </>
          )}
        </p>
      ))}
    </div>
  );
}
