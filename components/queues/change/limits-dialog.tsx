'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useQueueChange } from '@/components/queues/change/use-queue-change';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ProblemNotice } from '@/components/ui/problem';
import { SelectField, TextField } from '@/components/ui/text-field';
import { call } from '@/lib/client/call';
import { describeError, ProblemError } from '@/lib/client/http/problem-error';
import { keys } from '@/lib/client/query-keys';
import type { Queue } from '@/lib/contracts/queues';
import { formatCount, formatDuration } from '@/lib/format';

const SPANS = [
  { value: '1000', label: 'per second' },
  { value: '60000', label: 'per minute' },
  { value: '3600000', label: 'per hour' },
  { value: '86400000', label: 'per day' },
];

/** How many jobs of this queue run at a time, and how many begin in a time, over all its workers. */
export function LimitsDialog({ queue, onClose }: { queue: Queue; onClose: () => void }) {
  const { run, busy, error } = useQueueChange(queue.source, queue.name);
  return (
    <Dialog title={`Limits of ${queue.name}`} onClose={onClose} footer={<Button onClick={onClose}>Close</Button>}>
      {Boolean(error) && (
        <ProblemNotice
          title={error instanceof ProblemError ? error.title : 'Nothing was changed'}
          detail={error instanceof ProblemError ? error.detail : describeError(error)}
        />
      )}
      <ConcurrencyFields queue={queue} busy={busy} run={run} />
      <hr className="m-0 border-0 border-line border-t" />
      <RateFields queue={queue} busy={busy} run={run} />
    </Dialog>
  );
}

interface FieldsProps {
  queue: Queue;
  busy: boolean;
  run: ReturnType<typeof useQueueChange>['run'];
}

const refuse = (queue: Queue, verb: string) =>
  queue.can.includes(verb) ? null : (queue.cannot[verb] ?? 'Not possible.');
const readWhole = (text: string) => (/^\d{1,10}$/.test(text.trim()) ? Number(text) : 0);

function ConcurrencyFields({ queue, busy, run }: FieldsProps) {
  const of = { source: queue.source, queue: queue.name };
  const [text, setText] = useState(queue.concurrency === null ? '' : String(queue.concurrency));
  const concurrency = readWhole(text);
  const set = () =>
    run(async () => {
      await call('queue.set-concurrency', { ...of, body: { concurrency } });
      return { title: `At most ${formatCount(concurrency)} of ${queue.name} run at once` };
    });
  const clear = () =>
    run(async () => {
      await call('queue.clear-concurrency', of);
      setText('');
      return { title: `${queue.name} has no global concurrency now` };
    });
  return (
    <fieldset className="m-0 grid gap-3 border-0 p-0">
      <legend className="field-label p-0">Global concurrency</legend>
      <p className="muted m-0">
        {queue.concurrency === null
          ? 'None is set: only the slots of its workers bound how many run.'
          : `At most ${formatCount(queue.concurrency)} run at once, over all workers.`}
      </p>
      <div className="flex flex-wrap items-end gap-2">
        <TextField
          label="Jobs at once"
          className="w-[140px]"
          inputMode="numeric"
          placeholder="no limit"
          value={text}
          onChange={setText}
        />
        <Button
          busy={busy}
          blocked={refuse(queue, 'queue.set-concurrency') ?? (concurrency < 1 ? 'A whole number from 1.' : null)}
          onClick={() => void set()}
        >
          Set concurrency
        </Button>
        <Button
          look="ghost"
          busy={busy}
          blocked={refuse(queue, 'queue.clear-concurrency')}
          onClick={() => void clear()}
        >
          Clear it
        </Button>
      </div>
    </fieldset>
  );
}

function RateFields({ queue, busy, run }: FieldsProps) {
  const of = { source: queue.source, queue: queue.name };
  const { data: now } = useQuery({
    queryKey: keys.rateLimit(queue.source, queue.name),
    queryFn: ({ signal }) => call('queue.rate-limit', of, { signal }),
    enabled: queue.can.includes('queue.rate-limit'),
    refetchInterval: 2_000,
    gcTime: 0,
  });
  const isKnownSpan = SPANS.some(({ value }) => Number(value) === queue.rateLimit?.durationMs);
  const [text, setText] = useState(queue.rateLimit ? String(queue.rateLimit.max) : '');
  const [span, setSpan] = useState(queue.rateLimit ? String(queue.rateLimit.durationMs) : '1000');
  const max = readWhole(text);
  const set = () =>
    run(async () => {
      await call('queue.set-rate-limit', { ...of, body: { max, durationMs: Number(span) } });
      return { title: `${queue.name} begins at most ${formatCount(max)} per ${formatDuration(Number(span))}` };
    });
  const clear = () =>
    run(async () => {
      await call('queue.clear-rate-limit', of);
      setText('');
      return { title: `${queue.name} has no rate limit now` };
    });
  return (
    <fieldset className="m-0 grid gap-3 border-0 p-0">
      <legend className="field-label p-0">Global rate limit</legend>
      <p className="muted m-0" role="status">
        {queue.rateLimit
          ? `At most ${formatCount(queue.rateLimit.max)} begin per ${formatDuration(queue.rateLimit.durationMs)}.`
          : 'None is set on the queue. Workers may have limits of their own, which only they know.'}
        {now?.holdsMs ? ` It holds now, for ${formatDuration(now.holdsMs)} more.` : ''}
        {now?.holdsMs === 0 ? ' It does not hold anything now.' : ''}
      </p>
      <div className="flex flex-wrap items-end gap-2">
        <TextField
          label="Jobs"
          className="w-[110px]"
          inputMode="numeric"
          placeholder="no limit"
          value={text}
          onChange={setText}
        />
        <SelectField
          label="In which time"
          value={span}
          options={isKnownSpan || !queue.rateLimit ? SPANS : [ownSpan(queue.rateLimit.durationMs), ...SPANS]}
          onChange={setSpan}
        />
        <Button
          busy={busy}
          blocked={refuse(queue, 'queue.set-rate-limit') ?? (max < 1 ? 'A whole number from 1.' : null)}
          onClick={() => void set()}
        >
          Set rate limit
        </Button>
        <Button look="ghost" busy={busy} blocked={refuse(queue, 'queue.clear-rate-limit')} onClick={() => void clear()}>
          Clear it
        </Button>
      </div>
    </fieldset>
  );
}

const ownSpan = (durationMs: number) => ({ value: String(durationMs), label: `per ${formatDuration(durationMs)}` });
