'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { SwitchField, TextField } from '@/components/ui/text-field';
import { showToast } from '@/components/ui/toast/toast-store';
import { describeError } from '@/lib/client/http/problem-error';
import { useViewChanges } from '@/lib/client/views';
import type { SearchSort } from '@/lib/contracts/search';
import type { SavedView } from '@/lib/contracts/views';
import { toVisible } from '@/lib/format/visible';

interface SaveViewDialogProps {
  q: string;
  sort: SearchSort;
  of: { source: string; queue: string } | null;
  /** The one that is changed; null: a new one. */
  view: SavedView | null;
  onClose: () => void;
}

export function SaveViewDialog({ q, sort, of, view, onClose }: SaveViewDialogProps) {
  const { create, replace } = useViewChanges();
  const [name, setName] = useState(view?.name ?? '');
  const [shared, setShared] = useState(view?.shared ?? false);
  const [isDefault, setDefault] = useState(view?.isDefault ?? false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const missing = name.trim() === '' ? 'Give it a name' : null;
  const save = async () => {
    if (missing || busy) return setProblem(missing);
    setBusy(true);
    const body = { name: name.trim(), q: view?.q ?? q, sort: view?.sort ?? sort, shared, isDefault, ...of };
    try {
      await (view ? replace(view.id, body) : create(body));
      showToast({ tone: 'done', title: `“${body.name}” is kept` });
      onClose();
    } catch (error) {
      setProblem(describeError(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={view ? 'Change this view' : 'Save this view'}
      onClose={onClose}
      onSubmit={() => void save()}
      footer={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button look="primary" type="submit" busy={busy} blocked={missing}>
            Save
          </Button>
        </>
      }
    >
      <p className="mono m-0 text-ink-2 [overflow-wrap:anywhere]">{view?.q ?? q}</p>
      <TextField label="Name" value={name} onChange={setName} maxLength={80} error={problem} data-autofocus />
      <SwitchField
        label="Shared"
        hint="Everyone sees it; you alone change it."
        checked={shared}
        onChange={(on) => {
          setShared(on);
          if (!on) setDefault(false);
        }}
      />
      {of && (
        <SwitchField
          label={`What ${toVisible(of.queue)} opens with`}
          hint="For everyone; only a shared view can be it."
          checked={isDefault}
          onChange={(on) => {
            setDefault(on);
            if (on) setShared(true);
          }}
        />
      )}
    </Dialog>
  );
}
