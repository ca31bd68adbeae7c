'use client';

import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Button } from '@/components/ui/button';
import { DialogComing } from '@/components/ui/dialog-coming';
import { Menu } from '@/components/ui/menu';
import { showToast } from '@/components/ui/toast/toast-store';
import { nameWorker } from '@/components/workers/name-worker';
import { call } from '@/lib/client/call';
import { describeError } from '@/lib/client/http/problem-error';
import { keys } from '@/lib/client/query-keys';
import type { VerbName } from '@/lib/contracts/routes';
import type { WorkerOrderResult, WorkerRow } from '@/lib/contracts/workers';
import { toVisible } from '@/lib/format/visible';

const StopDialog = lazy(() =>
  import('@/components/workers/worker-dialogs').then((file) => ({ default: file.StopDialog })),
);
const ConcurrencyDialog = lazy(() =>
  import('@/components/workers/worker-dialogs').then((file) => ({ default: file.ConcurrencyDialog })),
);

/** Quiet or resume at hand; the rest in the menu. A worker that takes no orders says why. */
export function WorkerActions({ worker }: { worker: WorkerRow }) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState<'stop' | 'concurrency' | null>(null);
  const name = nameWorker(worker);
  const address = { source: worker.source, worker: worker.id };
  const refuse = (verb: VerbName) => (worker.can.includes(verb) ? null : (worker.cannot[verb] ?? 'Not possible now.'));
  const order = async (done: string, send: () => Promise<WorkerOrderResult>) => {
    setBusy(true);
    try {
      const { outcome, note } = await send();
      showToast({
        tone: 'done',
        title: outcome === 'acknowledged' ? `${name} ${done}` : `${name} was told, and has not answered yet`,
        detail: note ?? undefined,
      });
    } catch (error) {
      showToast({ tone: 'failed', title: `${name} was not told`, detail: describeError(error) });
    }
    await client.invalidateQueries({ queryKey: keys.workers() });
    setBusy(false);
  };
  const isQuiet = worker.status === 'quiet';
  const verb = isQuiet ? 'worker.resume' : 'worker.quiet';
  return (
    <span className="inline-flex items-center gap-1">
      <Button
        small
        look="ghost"
        busy={busy}
        blocked={refuse(verb)}
        aria-label={`${isQuiet ? 'Resume' : 'Quiet'} ${toVisible(name)}`}
        onClick={() => void order(isQuiet ? 'takes jobs again' : 'takes no more jobs', () => call(verb, address))}
      >
        {isQuiet ? 'Resume' : 'Quiet'}
      </Button>
      <Menu
        small
        label={`More for ${name}`}
        items={[
          {
            id: 'concurrency',
            label: 'Change how many at once…',
            blocked: refuse('worker.set-concurrency'),
            onChoose: () => setAsked('concurrency'),
          },
          {
            id: 'stop',
            label: 'Stop…',
            danger: true,
            apart: true,
            blocked: refuse('worker.stop'),
            onChoose: () => setAsked('stop'),
          },
        ]}
      />
      <Suspense fallback={<DialogComing onClose={() => setAsked(null)} />}>
        {asked === 'stop' && (
          <StopDialog
            worker={worker}
            onStop={(graceMs) => order('is stopping', () => call('worker.stop', { ...address, body: { graceMs } }))}
            onClose={() => setAsked(null)}
          />
        )}
        {asked === 'concurrency' && (
          <ConcurrencyDialog
            worker={worker}
            onSet={(queue, concurrency) =>
              order(`runs ${concurrency} of ${queue} at once`, () =>
                call('worker.set-concurrency', { ...address, body: { queue, concurrency } }),
              )
            }
            onClose={() => setAsked(null)}
          />
        )}
      </Suspense>
    </span>
  );
}
