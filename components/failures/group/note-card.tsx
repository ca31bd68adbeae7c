'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { showToast } from '@/components/ui/toast/toast-store';
import { useGroupChanges } from '@/lib/client/failures';
import { describeError } from '@/lib/client/http/problem-error';
import type { FailureGroupDetail } from '@/lib/contracts/failures';

const MOST = 1000;

/** What the team knows of it. */
export function NoteCard({ group }: { group: FailureGroupDetail }) {
  const { note } = useGroupChanges();
  const [text, setText] = useState(group.note ?? '');
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      await note(group.id, text.trim());
    } catch (error) {
      showToast({ tone: 'failed', title: 'The note was not saved', detail: describeError(error) });
    }
    setBusy(false);
  };
  return (
    <section className="card" aria-labelledby="note-title">
      <header>
        <h2 id="note-title">Note</h2>
        <div className="r">
          <Button
            small
            busy={busy}
            blocked={
              group.can.includes('failure.note')
                ? text.trim() === (group.note ?? '')
                  ? 'Nothing was changed'
                  : null
                : 'Your role does not include it'
            }
            onClick={() => void save()}
          >
            Save
          </Button>
        </div>
      </header>
      <textarea
        className="input m-[14px] block min-h-[72px] w-[calc(100%-28px)] resize-y"
        aria-label="Note"
        placeholder="What is known of it: a ticket, who looks, what helps…"
        maxLength={MOST}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </section>
  );
}
