import { HEALTH_LABELS, HEALTH_MEANINGS, HEALTH_TONES, isPressing } from '@/components/queues/health/health-words';
import { Pill } from '@/components/queues/state-mark';
import { Since } from '@/components/ui/time';
import type { QueueFigures } from '@/lib/contracts/queues';
import { toVisible } from '@/lib/format/visible';

interface HealthProps {
  queue: Pick<QueueFigures, 'health' | 'attention' | 'unreadable'>;
  /** Its broker is away: what is known of it is of before. */
  away: boolean;
}

/** In a row: the first is named, what holds besides is a mark of its own. */
export function HealthMark({ queue, away }: HealthProps) {
  if (away) return <span className="faint">Broker away</span>;
  const { health, attention } = queue;
  if (!isPressing(health))
    return (
      <span className="faint" title={HEALTH_MEANINGS[health]}>
        {HEALTH_LABELS[health]}
      </span>
    );
  return (
    <span className="inline-flex items-center gap-1.5 font-[550]" title={explain(queue)}>
      <span className={`dot ${HEALTH_TONES[health]}`} />
      {HEALTH_LABELS[health]}
      {attention
        .filter(({ lane }) => lane !== health)
        .map(({ lane }) => (
          <span key={lane} className="inline-flex items-center">
            <span className={`dot ${HEALTH_TONES[lane]}`} />
            <span className="sr-only">, {HEALTH_LABELS[lane]}</span>
          </span>
        ))}
    </span>
  );
}

/** In the head of its page: all that holds, the most pressing first. */
export function HealthPills({ queue, away }: HealthProps) {
  if (away) return <Pill tone="unknown">Broker away</Pill>;
  const { health, attention } = queue;
  const own = attention.find(({ lane }) => lane === health);
  const others = attention.filter(({ lane }) => lane !== health);
  return (
    <>
      <span title={own?.sentence ?? explain(queue)}>
        <Pill tone={HEALTH_TONES[health]}>
          {HEALTH_LABELS[health]}
          {own?.since && (
            <span className="font-normal">
              for <Since at={own.since} />
            </span>
          )}
        </Pill>
      </span>
      {others.map(({ lane, sentence }) => (
        <span key={lane} title={sentence}>
          <Pill tone={HEALTH_TONES[lane]}>{HEALTH_LABELS[lane]}</Pill>
        </span>
      ))}
    </>
  );
}

function explain({ health, attention, unreadable }: HealthProps['queue']): string {
  if (attention.length > 0) return attention.map(({ sentence }) => sentence).join('\n');
  return health === 'unclear' && unreadable ? toVisible(unreadable) : HEALTH_MEANINGS[health];
}
