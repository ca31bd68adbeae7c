import { Pill } from '@/components/queues/state-mark';
import type { Operation } from '@/lib/contracts/operations';
import { formatCount } from '@/lib/format';

const STATES: Record<Operation['state'], [tone: Parameters<typeof Pill>[0]['tone'], word: string]> = {
  running: ['active', 'Running'],
  waiting: ['delayed', 'Waiting'],
  stopping: ['paused', 'Stopping'],
  stopped: ['paused', 'Stopped'],
  done: ['completed', 'Done'],
};

export function OperationState({ operation, small }: { operation: Operation; small?: boolean }) {
  const [tone, word] = STATES[operation.state];
  const isBad = operation.state === 'done' && operation.failed > 0;
  return (
    <Pill tone={isBad ? 'failed' : tone} small={small ?? false}>
      {isBad ? 'Done, with failures' : word}
    </Pill>
  );
}

/** How far, and how it went: one bar, each part in its colour and in words. */
export function OutcomeBar({ operation }: { operation: Operation }) {
  const { total, done, skipped, failed } = operation;
  const parts = [
    { name: 'done', tone: 'completed', count: done },
    { name: 'skipped', tone: 'waiting', count: skipped },
    { name: 'failed', tone: 'failed', count: failed },
  ];
  const words = parts.map(({ name, count }) => `${formatCount(count)} ${name}`).join(', ');
  return (
    <div
      className="stack"
      role="progressbar"
      aria-label="Jobs"
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done + skipped + failed}
      aria-valuetext={`${words} of ${formatCount(total)}`}
    >
      {parts.map(({ name, tone, count }) => (
        <i key={name} className={tone} style={{ width: `${total > 0 ? (count / total) * 100 : 0}%` }} />
      ))}
    </div>
  );
}
