'use client';

import { RawJsonField } from '@/components/tasks/form/raw-json-field';
import { SelectField, SwitchField, TextField } from '@/components/ui/text-field';
import { findJsonFault } from '@/lib/client/json/json-fault';
import type { ActionInput, ActionKind, FilterInput } from '@/lib/client/operations';
import { useQueues } from '@/lib/client/queues';
import type { CallOf } from '@/lib/contracts/endpoints';

/** As it is typed. */
export interface OperationDraft {
  reason: string;
  rate: string;
  phased: boolean;
  maxFailure: string;
  toQueue: string;
  patch: string;
}

interface ReadAction {
  value: ActionInput | null;
  /** What is still missing. */
  fault: string | null;
}

type Options = NonNullable<NonNullable<CallOf<'operation.create'>['body']>['options']>;

export function readAction(kind: ActionKind, draft: OperationDraft): ReadAction {
  if (kind === 'move')
    return draft.toQueue
      ? { value: { kind, toQueue: draft.toQueue }, fault: null }
      : { value: null, fault: 'Choose the queue that they go to.' };
  if (kind !== 'edit-and-retry') return { value: { kind }, fault: null };
  const fault = findJsonFault(draft.patch);
  if (fault) return { value: null, fault: `The patch stops being JSON at line ${fault.line}.` };
  const patch: unknown = JSON.parse(draft.patch);
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch))
    return { value: null, fault: 'The patch must be a JSON object.' };
  if (Object.keys(patch).length === 0) return { value: null, fault: 'The patch changes nothing yet.' };
  return { value: { kind, patch: patch as Record<string, unknown> }, fault: null };
}

/** For the dry run: an action that takes the same jobs, without what is still being typed. */
export function toDryAction(kind: ActionKind, { toQueue }: OperationDraft): ActionInput {
  if (kind === 'edit-and-retry') return { kind: 'retry' };
  if (kind === 'move') return toQueue ? { kind, toQueue } : { kind: 'remove' };
  return { kind };
}

export function readOptions({ rate, phased, maxFailure }: OperationDraft): Options {
  const perSecond = Number.parseInt(rate, 10);
  const share = Number.parseFloat(maxFailure) / 100;
  return {
    ...(perSecond > 0 ? { ratePerSecond: Math.min(perSecond, 100_000) } : {}),
    ...(phased ? { phases: { maxFailureRate: Number.isNaN(share) ? 0.1 : Math.min(1, Math.max(0, share)) } } : {}),
  };
}

interface OperationFieldsProps {
  kind: ActionKind;
  filter: FilterInput;
  draft: OperationDraft;
  fault: string | null;
  onChange: (draft: OperationDraft) => void;
}

export function OperationFields({ kind, filter, draft, fault, onChange }: OperationFieldsProps) {
  const set = (changes: Partial<OperationDraft>) => onChange({ ...draft, ...changes });
  const isRetry = kind === 'retry' || kind === 'edit-and-retry';
  return (
    <>
      {kind === 'move' && (
        <TargetQueue filter={filter} value={draft.toQueue} onChange={(toQueue) => set({ toQueue })} />
      )}
      {kind === 'edit-and-retry' && (
        <RawJsonField
          label="Merge patch: what changes in each job's data; null takes a member away"
          text={draft.patch}
          error={fault}
          onChange={(patch) => set({ patch })}
        />
      )}
      <TextField
        label="Reason"
        placeholder="Why is this done? It is kept with the operation."
        maxLength={500}
        data-autofocus
        value={draft.reason}
        onChange={(reason) => set({ reason })}
      />
      <div className="grid grid-cols-2 items-start gap-4 max-sm:grid-cols-1">
        <TextField
          label="At most, jobs per second"
          optional
          inputMode="numeric"
          placeholder="as fast as the broker allows"
          value={draft.rate}
          onChange={(rate) => set({ rate })}
        />
        {isRetry && (
          <div className="grid gap-2">
            <SwitchField
              label="In steps: 10, then 10 %, then all"
              checked={draft.phased}
              onChange={(phased) => set({ phased })}
              hint="Each step waits until its jobs have ended."
            />
            {draft.phased && (
              <TextField
                label="Stop when more than this many of a step fail again (%)"
                inputMode="decimal"
                value={draft.maxFailure}
                onChange={(maxFailure) => set({ maxFailure })}
              />
            )}
          </div>
        )}
      </div>
    </>
  );
}

interface TargetQueueProps {
  filter: FilterInput;
  value: string;
  onChange: (queue: string) => void;
}

function TargetQueue({ filter, value, onChange }: TargetQueueProps) {
  const queues = useQueues().data?.items ?? [];
  const others = queues.filter(({ source, name }) => source === filter.source && name !== filter.queue);
  return (
    <SelectField
      label="To queue"
      value={value}
      options={[
        { value: '', label: others.length > 0 ? 'Choose one' : 'There is no other queue' },
        ...others.map(({ name }) => ({ value: name, label: name })),
      ]}
      onChange={onChange}
    />
  );
}
