'use client';

import { Command } from 'cmdk';
import { HEALTH_LABELS, HEALTH_TONES, isPressing } from '@/components/queues/health/health-words';
import { GROUP, ITEM } from '@/components/shell/palette/looks';
import { showToast } from '@/components/ui/toast/toast-store';
import { Visible } from '@/components/ui/visible';
import { call } from '@/lib/client/call';
import { describeError } from '@/lib/client/http/problem-error';
import { queueHref } from '@/lib/client/http/url';
import { useQueues } from '@/lib/client/queues';

/** To each queue, and what can be done to it at once. */
export function QueueItems({ go, onClose }: { go: (href: string) => void; onClose: () => void }) {
  const queues = useQueues().data?.items ?? [];
  const pause = async (source: string, queue: string, paused: boolean) => {
    onClose();
    try {
      await call(paused ? 'queue.pause' : 'queue.resume', { source, queue });
      showToast({
        tone: 'done',
        title: `${queue} is ${paused ? 'paused' : 'running again'}`,
        href: queueHref(source, queue),
        hrefLabel: 'Open queue',
      });
    } catch (error) {
      showToast({ tone: 'failed', title: `${queue} was not changed`, detail: describeError(error) });
    }
  };
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
          .map(({ source, name, paused }) => (
            <Command.Item
              key={`${source} ${name}`}
              className={ITEM}
              value={`${paused ? 'resume' : 'pause'} ${name} ${source}`}
              onSelect={() => void pause(source, name, !paused)}
            >
              <span className="clip">
                {paused ? 'Resume' : 'Pause'} <Visible text={name} />
              </span>
            </Command.Item>
          ))}
      </Command.Group>
    </>
  );
}
