'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { CountField, readCount } from '@/components/operations/count-field';
import { DryRun } from '@/components/operations/dry-run';
import { FilterClauses } from '@/components/operations/filter-clauses';
import {
  type OperationDraft,
  OperationFields,
  readAction,
  readOptions,
  toDryAction,
} from '@/components/operations/operation-fields';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ProblemNotice } from '@/components/ui/problem';
import { showToast } from '@/components/ui/toast/toast-store';
import { call } from '@/lib/client/call';
import { describeError } from '@/lib/client/http/problem-error';
import { operationHref } from '@/lib/client/http/url';
import { ACTION_LABELS, MEANS, nameOperation } from '@/lib/client/operation-words';
import { type ActionKind, type FilterInput, useDryRun } from '@/lib/client/operations';
import { keys } from '@/lib/client/query-keys';
import { describeShrink } from '@/lib/client/selection';

interface OperationDialogProps {
  kind: ActionKind;
  /** The set as it was selected: nothing that happens while this is open changes it. */
  filter: FilterInput;
  /** How many there were then, where the server counted them. */
  selected: number | null;
  drifted: string | null;
  onStarted: () => void;
  onClose: () => void;
}

const DRAFT: OperationDraft = { reason: '', rate: '', phased: false, maxFailure: '10', toQueue: '', patch: '{\n  \n}' };

/** The exact filter, a dry run, the reason, and the guard that its size asks for. */
export function OperationDialog(props: OperationDialogProps) {
  const { kind, onStarted, onClose } = props;
  // What was asked for stands, whatever the page below is told meanwhile.
  const [filter] = useState(props.filter);
  const [draft, setDraft] = useState(DRAFT);
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const client = useQueryClient();
  const run = useDryRun({ filter, action: toDryAction(kind, draft) });
  const action = readAction(kind, draft);
  const preview = run.data;
  const shrunk =
    props.selected !== null && preview && filter.ids === undefined ? describeShrink(props.selected, preview) : null;
  const blocked = findObstacle();

  function findObstacle(): string | null {
    if (!preview) return 'The dry run comes first.';
    if (preview.eligible === 0) return 'There is nothing that this would change.';
    if (action.fault) return action.fault;
    if (draft.reason.trim() === '') return 'Say why: the reason stands in the audit and on the operation.';
    if (preview.needsConfirm && readCount(typed) !== preview.eligible)
      return `Type ${preview.eligible} to confirm the number of jobs.`;
    return null;
  }

  const start = async () => {
    setTried(true);
    if (blocked || !preview || !action.value || busy) return;
    setBusy(true);
    setError(null);
    try {
      const operation = await call('operation.create', {
        body: {
          filter,
          action: action.value,
          reason: draft.reason.trim(),
          options: { ...readOptions(draft), ...(preview.needsConfirm ? { confirmCount: preview.eligible } : {}) },
        },
      });
      client.setQueryData(keys.operation(operation.id), operation);
      void client.invalidateQueries({ queryKey: keys.operations() });
      showToast({
        tone: 'done',
        title: `Started: ${nameOperation(operation.kind, operation.total)}`,
        detail: 'It goes on by itself, also when this page is closed.',
        href: operationHref(operation.id),
        hrefLabel: 'Follow it',
      });
      onStarted();
      onClose();
    } catch (failure) {
      setError(failure);
      // The number may have changed since it was counted.
      void run.refetch();
      setTyped('');
    }
    setBusy(false);
  };
  const isDanger = kind === 'remove' || kind === 'cancel';
  return (
    <Dialog
      title={`${ACTION_LABELS[kind]} jobs in ${filter.queue}`}
      className="wide"
      onClose={onClose}
      onSubmit={() => setTried(true)}
      footer={
        <>
          {tried && blocked && (
            <span className="field-error mr-auto" role="status">
              {blocked}
            </span>
          )}
          <Button onClick={onClose}>Change nothing</Button>
          <Button look={isDanger ? 'danger-solid' : 'primary'} busy={busy} onClick={() => void start()}>
            {preview ? nameOperation(kind, preview.eligible, preview.exact) : ACTION_LABELS[kind]}
          </Button>
        </>
      }
    >
      {Boolean(error) && <ProblemNotice title="Nothing was started" detail={describeError(error)} />}
      <div className="grid gap-2">
        <FilterClauses filter={filter} />
        <p className="muted m-0">{MEANS[kind]}</p>
      </div>
      <DryRun kind={kind} run={run} drifted={shrunk ?? props.drifted} />
      <OperationFields
        kind={kind}
        filter={filter}
        draft={draft}
        fault={tried ? action.fault : null}
        onChange={setDraft}
      />
      {preview?.needsConfirm && <CountField count={preview.eligible} value={typed} onChange={setTyped} />}
    </Dialog>
  );
}
