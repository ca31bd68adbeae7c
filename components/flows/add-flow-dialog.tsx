'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ChangeDialog } from '@/components/jobs/change/change-dialog';
import { RawJsonField } from '@/components/tasks/form/raw-json-field';
import { SelectField } from '@/components/ui/text-field';
import { showToast } from '@/components/ui/toast/toast-store';
import { call } from '@/lib/client/call';
import { ProblemError } from '@/lib/client/http/problem-error';
import { flowHref } from '@/lib/client/http/url';
import { findJsonFault } from '@/lib/client/json/json-fault';
import { keys } from '@/lib/client/query-keys';
import { useSources } from '@/lib/client/sources';
import { formatPlural } from '@/lib/format';

const EXAMPLE = {
  queue: 'reports',
  name: 'month-end',
  data: {},
  children: [
    { queue: 'reports', name: 'collect', data: { part: 1 }, options: { attempts: 3 } },
    { queue: 'reports', name: 'collect', data: { part: 2 }, options: { attempts: 3 } },
  ],
};

/** A tree as JSON: added as a whole or not at all. */
export function AddFlowDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const sources = useSources().data?.items ?? [];
  const [chosen, setChosen] = useState('');
  const [text, setText] = useState(() => JSON.stringify(EXAMPLE, null, 2));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  // Pressed twice, or again after a lost answer: still one flow.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const source = chosen || (sources[0]?.name ?? '');
  const add = async () => {
    if (busy || findJsonFault(text)) return;
    setBusy(true);
    setError(null);
    try {
      const rawBody = `{"source":${JSON.stringify(source)},"flow":${text}}`;
      const added = await call('flow.add', {}, { rawBody, idempotencyKey: key });
      void client.invalidateQueries({ queryKey: keys.allFlows() });
      showToast({
        tone: 'done',
        title: `Added ${added.name}, ${formatPlural(added.nodes, 'job')}`,
        href: flowHref(added.source, added.queue, added.id),
        hrefLabel: 'Open flow',
      });
      onClose();
    } catch (failure) {
      setError(failure);
      setKey(crypto.randomUUID());
    }
    setBusy(false);
  };
  const fields = error instanceof ProblemError ? error.errors : [];
  return (
    <ChangeDialog
      title="Add a flow"
      action="Add flow"
      wide
      busy={busy}
      error={error}
      blocked={findJsonFault(text) ? 'This is not JSON yet.' : null}
      onSubmit={() => void add()}
      onClose={onClose}
    >
      {fields.length > 0 && (
        <ul className="field-error m-0 pl-4">
          {fields.slice(0, 8).map(({ path, message }) => (
            <li key={path}>
              <span className="mono">{path}</span> {message}
            </li>
          ))}
        </ul>
      )}
      {sources.length > 1 && (
        <SelectField
          label="Source"
          value={source}
          options={sources.map(({ name }) => ({ value: name, label: name }))}
          onChange={setChosen}
        />
      )}
      <RawJsonField label="Tree: each job waits for its children" text={text} error={null} onChange={setText} />
    </ChangeDialog>
  );
}
