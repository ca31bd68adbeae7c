'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { lazy, Suspense, useState } from 'react';
import { OperationState } from '@/components/operations/operation-state';
import { Button } from '@/components/ui/button';
import { DialogComing } from '@/components/ui/dialog-coming';
import { showToast } from '@/components/ui/toast/toast-store';
import { Visible } from '@/components/ui/visible';
import { call } from '@/lib/client/call';
import { describeError } from '@/lib/client/http/problem-error';
import { operationHref } from '@/lib/client/http/url';
import { nameOperation } from '@/lib/client/operation-words';
import { keys } from '@/lib/client/query-keys';
import type { Operation } from '@/lib/contracts/operations';
import { formatPlural } from '@/lib/format';

const Confirm = lazy(() => import('@/components/ui/confirm').then((file) => ({ default: file.Confirm })));

type Verb = 'operation.stop' | 'operation.resume' | 'operation.restore';
const LABELS: Record<Verb, string> = {
  'operation.stop': 'Stop',
  'operation.resume': 'Go on',
  'operation.restore': 'Put back',
};

export function OperationHead({ operation }: { operation: Operation }) {
  const client = useQueryClient();
  const router = useRouter();
  const [busy, setBusy] = useState<Verb | null>(null);
  const [asked, setAsked] = useState(false);
  const { id, state, bin, can, cannot } = operation;

  const act = async (verb: Verb) => {
    setBusy(verb);
    try {
      const answer =
        verb === 'operation.restore'
          ? await call(verb, { operation: id, body: {} })
          : await call(verb, { operation: id });
      client.setQueryData(keys.operation(answer.id), answer);
      void client.invalidateQueries({ queryKey: keys.operations() });
      if (answer.id !== id) router.push(operationHref(answer.id));
    } catch (error) {
      showToast({ tone: 'failed', title: `${LABELS[verb]} did not work`, detail: describeError(error) });
      void client.invalidateQueries({ queryKey: keys.operation(id) });
    }
    setBusy(null);
  };
  const button = (verb: Verb, onClick: () => void) => (
    <Button
      busy={busy === verb}
      look={verb === 'operation.stop' ? 'danger' : 'plain'}
      blocked={can.includes(verb) ? null : (cannot[verb] ?? 'Not possible now')}
      onClick={onClick}
    >
      {LABELS[verb]}
    </Button>
  );
  const isOver = state === 'done' || state === 'stopped';
  return (
    <div className="head">
      <h1 className="clip">{nameOperation(operation.kind, operation.total)}</h1>
      <span className="muted clip">
        in <Visible text={operation.queue} />
      </span>
      <OperationState operation={operation} />
      <div className="acts">
        {!isOver && button('operation.stop', () => void act('operation.stop'))}
        {state === 'stopped' && button('operation.resume', () => void act('operation.resume'))}
        {(bin || can.includes('operation.restore')) && button('operation.restore', () => setAsked(true))}
      </div>
      <Suspense fallback={<DialogComing onClose={() => setAsked(false)} />}>
        {asked && (
          <Confirm
            title="Put back what this operation removed?"
            action={bin ? `Put back ${formatPlural(bin.jobs, 'job')}` : 'Put them back'}
            onConfirm={() => act('operation.restore')}
            onClose={() => setAsked(false)}
          >
            <p className="m-0">
              Each returns once, with its id, data, options and state. Where a job of that id exists by now it is left
              alone, and its outcome says so.
            </p>
          </Confirm>
        )}
      </Suspense>
    </div>
  );
}
