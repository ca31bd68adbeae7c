'use client';

import { useState } from 'react';
import type { BulkRun } from '@/components/jobs/list/use-job-actions';
import { Button } from '@/components/ui/button';
import { Menu } from '@/components/ui/menu';
import { Clock } from '@/components/ui/time';
import { showToast } from '@/components/ui/toast/toast-store';
import { call } from '@/lib/client/call';
import { describeError } from '@/lib/client/http/problem-error';
import { ACTION_LABELS } from '@/lib/client/operation-words';
import type { ActionKind, FilterInput } from '@/lib/client/operations';
import { JOB_ACTION_LABELS } from '@/lib/client/run-job-action';
import { countSelected, describeShrink, type Selection, selectAll } from '@/lib/client/selection';
import type { JobState } from '@/lib/contracts/states';
import { formatCount } from '@/lib/format';

interface SelectionBarProps {
  selection: Selection;
  /** Of single ones, how many are not on this page. */
  elsewhere: number;
  drifted: string | null;
  state: JobState;
  /** What all that match are: of the list's own filter. */
  makeFilter: () => FilterInput;
  filtered: boolean;
  run: BulkRun | null;
  onSelect: (selection: Selection) => void;
  onAction: (kind: ActionKind) => void;
  onClear: () => void;
}

const MAIN: Record<JobState, ActionKind[]> = {
  waiting: ['cancel', 'remove'],
  active: ['cancel'],
  delayed: ['promote', 'cancel', 'remove'],
  prioritized: ['cancel', 'remove'],
  'waiting-children': ['duplicate'],
  completed: ['retry', 'remove'],
  failed: ['retry', 'edit-and-retry', 'remove'],
};

const MORE: Record<JobState, ActionKind[]> = {
  waiting: ['duplicate', 'move'],
  active: ['duplicate'],
  delayed: ['duplicate', 'move'],
  prioritized: ['duplicate', 'move'],
  'waiting-children': [],
  completed: ['edit-and-retry', 'duplicate', 'move'],
  failed: ['duplicate', 'move'],
};

const isDanger = (kind: ActionKind) => kind === 'remove' || kind === 'cancel';

export function SelectionBar(props: SelectionBarProps) {
  const { selection, elsewhere, drifted, state, filtered, run, onAction, onClear } = props;
  if (run)
    return (
      <div className="selbar" role="status">
        <b className="tnum font-[600]">
          {formatCount(run.done)} of {formatCount(run.total)}
        </b>
        <span className="muted">
          {JOB_ACTION_LABELS[run.action].toLowerCase()} under way
          {run.failed > 0 ? `, ${formatCount(run.failed)} did not work` : ''}
        </span>
        <Button small className="ml-auto" onClick={run.stop}>
          Stop
        </Button>
      </div>
    );
  return (
    <section className="selbar" aria-label="Selection">
      <span>
        <b className="tnum font-[600]">
          {selection.kind === 'all' && !selection.exact ? '≈ ' : ''}
          {formatCount(countSelected(selection))}
        </b>
        {selection.kind === 'ids' ? (
          <span className="muted"> selected{elsewhere > 0 ? `, ${formatCount(elsewhere)} on other pages` : ''}</span>
        ) : (
          <span className="muted">
            {' '}
            selected: all {filtered ? 'that match' : `${state} ones`} as of <Clock at={selection.asOf} />
          </span>
        )}
      </span>
      {selection.kind === 'ids' ? <SelectAll {...props} /> : <Recheck selection={selection} />}
      <Button small look="ghost" onClick={onClear}>
        Clear
      </Button>
      {drifted && (
        <span className="muted" role="status">
          {drifted}
        </span>
      )}
      <span className="ml-auto" />
      {MAIN[state].map((kind) => (
        <Button key={kind} small look={isDanger(kind) ? 'danger' : 'plain'} onClick={() => onAction(kind)}>
          {ACTION_LABELS[kind]}
          {kind === 'edit-and-retry' || kind === 'move' ? '…' : ''}
        </Button>
      ))}
      {MORE[state].length > 0 && (
        <Menu
          small
          label="More for the selection"
          items={MORE[state].map((kind) => ({
            id: kind,
            label: `${ACTION_LABELS[kind]}…`,
            onChoose: () => onAction(kind),
          }))}
        />
      )}
    </section>
  );
}

/** From this page to all of them, counted by the server at one moment. */
function SelectAll({ makeFilter, filtered, onSelect }: SelectionBarProps) {
  const [busy, setBusy] = useState(false);
  const choose = async () => {
    setBusy(true);
    const filter = makeFilter();
    try {
      const answer = await call('operation.preview', { body: { filter, action: { kind: 'duplicate' } } });
      onSelect(selectAll(filter, answer));
    } catch (error) {
      showToast({ tone: 'failed', title: 'They could not be counted', detail: describeError(error) });
    }
    setBusy(false);
  };
  return (
    <Button small look="ghost" className="link" busy={busy} onClick={() => void choose()}>
      {busy ? 'Counting…' : filtered ? 'Select all that match' : 'Select all in this state'}
    </Button>
  );
}

/** Counts the set again, to say how it drifted. */
function Recheck({ selection }: { selection: Extract<Selection, { kind: 'all' }> }) {
  const [answer, setAnswer] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const check = async () => {
    setBusy(true);
    try {
      const { filter, count } = selection;
      const now = await call('operation.preview', { body: { filter, action: { kind: 'duplicate' } } });
      setAnswer(describeShrink(count, now) ?? 'All of them are still there');
    } catch (error) {
      setAnswer(describeError(error));
    }
    setBusy(false);
  };
  return (
    <>
      <Button small look="ghost" className="link" busy={busy} onClick={() => void check()}>
        {busy ? 'Counting…' : 'Check again'}
      </Button>
      <span className="muted" role="status">
        {answer}
      </span>
    </>
  );
}
