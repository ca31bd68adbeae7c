'use client';

import { useState } from 'react';
import { ChangeDialog } from '@/components/jobs/change/change-dialog';
import { useQueueChange } from '@/components/queues/change/use-queue-change';
import { TextField } from '@/components/ui/text-field';
import { call } from '@/lib/client/call';
import type { Queue } from '@/lib/contracts/queues';
import { formatPlural } from '@/lib/format';

export function TrimEventsDialog({ queue, onClose }: { queue: Queue; onClose: () => void }) {
  const { run, busy, error } = useQueueChange(queue.source, queue.name);
  const [text, setText] = useState('1000');
  const maxLength = /^\d{1,7}$/.test(text.trim()) ? Number(text) : null;
  const trim = async () => {
    if (maxLength === null) return;
    const done = await run(async () => {
      const { removed } = await call('queue.trim-events', {
        source: queue.source,
        queue: queue.name,
        body: { maxLength },
      });
      return { title: `${formatPlural(removed, 'event')} of ${queue.name} forgotten` };
    });
    if (done) onClose();
  };
  return (
    <ChangeDialog
      title={`Trim the events of ${queue.name}?`}
      action="Trim"
      danger
      busy={busy}
      error={error}
      blocked={maxLength === null ? 'A whole number.' : null}
      onSubmit={() => void trim()}
      onClose={onClose}
    >
      <TextField label="Keep the newest" inputMode="numeric" value={text} onChange={setText} />
      <p className="muted m-0">
        Listeners that have not read the older ones miss them. No job is touched. Brokers trim in blocks, so that a few
        more may stay.
      </p>
    </ChangeDialog>
  );
}
