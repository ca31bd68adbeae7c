import { Fact } from '@/components/ui/fact';
import type { Recorder } from '@/lib/contracts/recorder';
import { formatBytes, formatCount, formatShare } from '@/lib/format';

/** What recording and looking cost the broker, beside all that it runs. */
export function RecorderCost({ cost, broker }: Pick<Recorder, 'cost' | 'broker'>) {
  return (
    <>
      {cost?.record && (
        <Fact name="Recording costs">
          {cost.record.roundTripsPerSecond !== null && `${formatRate(cost.record.roundTripsPerSecond)} round trips/s, `}
          {formatRate(cost.record.commandsPerSecond)} commands/s, {formatBytes(cost.record.bytesPerSecond)}/s
          {describeShare(cost.record.share)}
        </Fact>
      )}
      {cost?.views && (
        <Fact name="Pages cost">
          {formatRate(cost.views.commandsPerSecond)} round trips/s, {formatBytes(cost.views.bytesPerSecond)}/s
          {describeShare(cost.views.share)}
        </Fact>
      )}
      {cost?.commandsPerJob != null && (
        <Fact name="For each job">
          {cost.commandsPerJob.toFixed(1)} commands
          <span className="faint"> at {formatCount(Math.round(cost.jobsPerSecond ?? 0))} jobs/s</span>
        </Fact>
      )}
      <Fact name="Broker runs">
        {broker.commandsPerSecond === null ? '—' : `${formatRate(broker.commandsPerSecond)} commands/s`}
        <span className="faint">
          {broker.commandsPerSecond === null ? ` ${broker.why}` : ' of all its clients, as it counts them'}
        </span>
      </Fact>
    </>
  );
}

/** Small rates by their first figure: 0.4 a second is not none. */
const formatRate = (rate: number) => (rate > 0 && rate < 10 ? rate.toFixed(1) : formatCount(Math.round(rate)));

/** Of one core of the broker, as far as its own statistics tell. */
const describeShare = (share: number | null) => (share === null ? '' : `, ≈ ${formatShare(share)} of its time`);
