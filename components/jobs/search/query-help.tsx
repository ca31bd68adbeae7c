'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';

const EXAMPLES: [query: string, meaning: string][] = [
  ['8231', 'id, name, error or data has it'],
  ['name:send-*', 'name begins so; * stands for anything'],
  ['state:failed queue:emails', 'both: failed, and in that queue'],
  ['state:failed OR state:delayed', 'either; NOT and ( ) work too'],
  ['error:"421 4.7.0"', 'the failure has this text'],
  ['data.userId:42', 'a field of the data, by its path'],
  ['failed:<1h', 'failed within the last hour'],
  ['added:2026-11-21..2026-11-22', 'added between two days, or times'],
  ['attempts:>3', 'more than three attempts made'],
  ['wait:>30s run:>5s', 'waited or ran longer than that'],
  ['worker:w1*', 'the worker that ran it last'],
  ['NOT broker:yes', 'removed from the broker since'],
];

/** The language on one card. */
export function QueryHelp() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="ghost" onClick={() => setOpen(true)}>
        Syntax
      </Button>
      {open && (
        <Dialog title="What can be asked" onClose={() => setOpen(false)}>
          <dl className="m-0 grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-5 gap-y-2 max-sm:grid-cols-1">
            {EXAMPLES.map(([query, meaning]) => (
              <div key={query} className="contents">
                <dt className="mono">{query}</dt>
                <dd className="m-0 text-ink-2">{meaning}</dd>
              </div>
            ))}
          </dl>
          <p className="hint m-0">
            Words side by side must all hold. Times are yours; durations take ms, s, m, h and d.
          </p>
        </Dialog>
      )}
    </>
  );
}
