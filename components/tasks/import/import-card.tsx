'use client';

import { useState } from 'react';
import { ImportReportView } from '@/components/tasks/import/import-report';
import { readHead, toMedia } from '@/components/tasks/import/read-head';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/problem';
import { describeError, ProblemError } from '@/lib/client/http/problem-error';
import { upload } from '@/lib/client/upload';
import type { ImportReport, OfferedTask } from '@/lib/contracts/tasks';
import { formatBytes, formatPlural } from '@/lib/format';

const MAX_BYTES = 10_485_760;

/** A file of inputs: checked line by line first, enqueued when someone has seen the report. */
export function ImportCard({ task, source }: { task: OfferedTask; source: string | undefined }) {
  const [file, setFile] = useState<File | null>(null);
  const [head, setHead] = useState('');
  const [report, setReport] = useState<ImportReport | null>(null);
  const [busy, setBusy] = useState<'check' | 'add' | null>(null);
  const [error, setError] = useState<unknown>(null);
  // Of one file: sent again after a lost answer, its lines are still enqueued once.
  const [key, setKey] = useState('');

  const send = async (chosen: File, dryRun: boolean) => {
    setBusy(dryRun ? 'check' : 'add');
    setError(null);
    try {
      const options = { media: toMedia(chosen.name), idempotencyKey: dryRun ? undefined : key };
      const input = { task: task.name, source, dryRun: dryRun ? '1' : '0' } as const;
      setReport(await upload('task.import', input, chosen, options));
    } catch (failure) {
      setError(failure);
    }
    setBusy(null);
  };
  const choose = (chosen: File | undefined) => {
    setReport(null);
    setError(null);
    setFile(chosen ?? null);
    if (!chosen) return;
    setKey(crypto.randomUUID());
    void readHead(chosen).then(setHead);
    if (chosen.size > MAX_BYTES)
      setError(new Error(`It has ${formatBytes(chosen.size)}; ${formatBytes(MAX_BYTES)} is the most.`));
    else void send(chosen, true);
  };
  const accepted = report?.dryRun ? report.accepted : 0;
  return (
    <section className="card" aria-labelledby="import-title">
      <header>
        <h2 id="import-title">From a file</h2>
      </header>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 p-[14px]">
        <p className="muted m-0">
          NDJSON, one input on each line; or CSV with the names of the fields above. At most 10,000 lines and 10 MB.
        </p>
        <input
          type="file"
          className="input"
          accept=".ndjson,.jsonl,.csv,application/x-ndjson,text/csv"
          aria-label="File of inputs"
          onChange={(event) => choose(event.currentTarget.files?.[0])}
        />
        {Boolean(error) && (
          <ProblemNotice
            title={error instanceof ProblemError ? error.title : 'The file was not taken'}
            detail={error instanceof ProblemError ? error.detail : describeError(error)}
          />
        )}
        {busy === 'check' && <span className="muted">Checking each line…</span>}
        {file && head && !report && !busy && <pre className="muted overflow-auto">{head}</pre>}
        {report && <ImportReportView report={report} />}
        {file && report?.dryRun && (
          <div className="flex gap-2">
            <Button
              look="primary"
              busy={busy === 'add'}
              blocked={accepted === 0 ? 'No line can be enqueued.' : null}
              onClick={() => void send(file, false)}
            >
              Enqueue {formatPlural(accepted, 'job')}
            </Button>
            {report.refusedCount > 0 && <span className="muted self-center">The others are left out.</span>}
          </div>
        )}
      </div>
    </section>
  );
}
