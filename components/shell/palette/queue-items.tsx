'use client';

import { Command } from 'cmdk';
import { usePause } from '@/components/queues/change/use-pause';
import { HEALTH_LABELS, HEALTH_TONES, isPressing } from '@/components/queues/health/health-words';
import { GROUP, ITEM } from '@/components/shell/palette/looks';
import { Visible } from '@/components/ui/visible';
import { queueHref } from '@/lib/client/http/url';
import { useQueues } from '@/lib/client/queues';

interface QueueItemsProps {
  go: (href: string) => void;
  onClose: () => void;
  onPause: (queue: { source: string; queue: string }) => void;
}

/** To each queue, and what can be done to it at once. */
export function QueueItems({ go, onClose, onPause }: QueueItemsProps) {
  const queues = useQueues().data?.items ?? [];
  const { change } = usePause();
  return (
    <>
      <Command.Group heading="Queues" className={GROUP}>
        {queues.map(({ source, name, health }) => (
          <Command.Item
            key={`${source} ${name}`}
            className={ITEM}
            value={`queue ${name} ${source}`}
            onSelect={() => go(queueHref(source, name))}
          >
            <span className="clip">
              <Visible text={name} />
            </span>
            <span className="faint ml-auto flex-none">
              {isPressing(health) && (
                <span className={`state mr-2 ${HEALTH_TONES[health]}`}>
                  <span className="dot" />
                  {HEALTH_LABELS[health]}
                </span>
              )}
              {source}
            </span>
          </Command.Item>
        ))}
      </Command.Group>
      <Command.Group heading="Pause and resume" className={GROUP}>
        {queues
          .filter((queue) => queue.can.includes(queue.paused ? 'queue.resume' : 'queue.pause'))
          .map(({ source, name, paused, pause }) => (
            <Command.Item
              key={`${source} ${name}`}
              className={ITEM}
              value={`${paused ? 'resume' : 'pause'} ${name} ${source}`}
              onSelect={() => {
                if (!paused) return onPause({ source, queue: name });
                onClose();
                void change({ source, queue: name, paused: false }, pause?.reason);
              }}
            >
              <span className="clip">
                {paused ? 'Resume' : 'Pause'} <Visible text={name} />
                {paused ? '' : '…'}
              </span>
            </Command.Item>
          ))}
      </Command.Group>
    </>
  );
}
