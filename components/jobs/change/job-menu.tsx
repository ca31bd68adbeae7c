'use client';

import { lazy, Suspense, useState } from 'react';
import { useJobChange } from '@/components/jobs/change/use-job-change';
import { readJobOptions } from '@/components/jobs/detail/read-options';
import { DialogComing } from '@/components/ui/dialog-coming';
import { Menu, type MenuItem } from '@/components/ui/menu';
import { showToast } from '@/components/ui/toast/toast-store';
import { call } from '@/lib/client/call';
import { buildCurl } from '@/lib/client/http/curl';
import { buildRequest, jobHref } from '@/lib/client/http/url';
import type { JobAddress } from '@/lib/client/jobs';
import type { Job } from '@/lib/contracts/jobs';
import type { VerbName } from '@/lib/contracts/routes';

const EditDataDialog = lazy(() =>
  import('@/components/jobs/change/edit-data-dialog').then((file) => ({ default: file.EditDataDialog })),
);
const PriorityDialog = lazy(() =>
  import('@/components/jobs/change/order-dialogs').then((file) => ({ default: file.PriorityDialog })),
);
const DelayDialog = lazy(() =>
  import('@/components/jobs/change/order-dialogs').then((file) => ({ default: file.DelayDialog })),
);
const AddLogDialog = lazy(() =>
  import('@/components/jobs/change/report-dialogs').then((file) => ({ default: file.AddLogDialog })),
);
const ProgressDialog = lazy(() =>
  import('@/components/jobs/change/report-dialogs').then((file) => ({ default: file.ProgressDialog })),
);
const ClearLogDialog = lazy(() =>
  import('@/components/jobs/change/report-dialogs').then((file) => ({ default: file.ClearLogDialog })),
);
const RemoveChildrenDialog = lazy(() =>
  import('@/components/jobs/change/report-dialogs').then((file) => ({ default: file.RemoveChildrenDialog })),
);
const AddJobDialog = lazy(() =>
  import('@/components/tasks/add-job-dialog').then((file) => ({ default: file.AddJobDialog })),
);

const DIALOGS = {
  priority: PriorityDialog,
  delay: DelayDialog,
  log: AddLogDialog,
  progress: ProgressDialog,
  'clear-log': ClearLogDialog,
  children: RemoveChildrenDialog,
};
type Asked = keyof typeof DIALOGS | 'edit' | 'again';

const TOO_LARGE = 1_000_000;

/** Everything else that can be done to a job; what cannot now says why. */
export function JobMenu({ address, job }: { address: JobAddress; job: Job }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const { runAlone } = useJobChange(address);
  const hasEnded = job.state === 'failed' || job.state === 'completed';
  const close = () => setAsked(null);
  const duplicate = () =>
    runAlone('Duplicate', async () => {
      const copy = await call('job.duplicate', address, { idempotencyKey: crypto.randomUUID() });
      return {
        title: `Added ${copy.name} ${copy.id}`,
        href: jobHref(copy.source, copy.queue, copy.id),
        hrefLabel: 'Open job',
      };
    });
  const undeduplicate = () =>
    runAlone('Freeing the key', async () => {
      await call('job.undeduplicate', address);
      return 'Its deduplication key is free: the next job with it is added';
    });
  const cut = job.data.truncated ? 'Its data is too large for this; use the API.' : null;
  const items: MenuItem[] = [
    {
      id: 'edit',
      label: hasEnded ? 'Edit data and retry…' : 'Edit data…',
      blocked:
        refuse(job, hasEnded ? 'job.retry' : 'job.edit') ??
        (job.data.sizeBytes > TOO_LARGE ? 'Its data is too large to be edited here.' : null),
      onChoose: () => setAsked('edit'),
    },
    { id: 'duplicate', label: 'Duplicate', blocked: refuse(job, 'job.duplicate'), onChoose: () => void duplicate() },
    { id: 'again', label: 'Add a job like this…', blocked: cut, onChoose: () => setAsked('again') },
    {
      id: 'curl',
      label: 'Copy as curl',
      blocked: cut,
      onChoose: () => void copyText(buildAddCurl(address, job)),
    },
    {
      id: 'priority',
      label: 'Change priority…',
      apart: true,
      blocked: refuse(job, 'job.prioritize'),
      onChoose: () => setAsked('priority'),
    },
    {
      id: 'delay',
      label: 'Change when it runs…',
      blocked: refuse(job, 'job.reschedule'),
      onChoose: () => setAsked('delay'),
    },
    {
      id: 'log',
      label: 'Add to the log…',
      apart: true,
      blocked: refuse(job, 'job.log'),
      onChoose: () => setAsked('log'),
    },
    {
      id: 'progress',
      label: 'Set progress…',
      blocked: refuse(job, 'job.progress'),
      onChoose: () => setAsked('progress'),
    },
    {
      id: 'clear-log',
      label: 'Clear the log…',
      blocked: refuse(job, 'job.clear-logs'),
      onChoose: () => setAsked('clear-log'),
    },
    ...(job.deduplicationId === null
      ? []
      : [
          {
            id: 'undeduplicate',
            label: 'Free its deduplication key',
            apart: true,
            blocked: refuse(job, 'job.undeduplicate'),
            onChoose: () => void undeduplicate(),
          },
        ]),
    ...(job.children === null
      ? []
      : [
          {
            id: 'children',
            label: 'Remove unprocessed children…',
            danger: true,
            apart: job.deduplicationId === null,
            blocked: refuse(job, 'job.remove-children'),
            onChoose: () => setAsked('children'),
          },
        ]),
  ];
  const Change = asked && asked in DIALOGS ? DIALOGS[asked as keyof typeof DIALOGS] : null;
  return (
    <>
      <Menu label="More for this job" items={items} />
      <Suspense fallback={<DialogComing onClose={close} />}>
        {Change && <Change address={address} job={job} onClose={close} />}
        {asked === 'edit' && <EditDataDialog address={address} job={job} retry={hasEnded} onClose={close} />}
        {asked === 'again' && (
          <AddJobDialog
            source={address.source}
            queue={address.queue}
            start={{ name: job.name, dataText: job.data.text, options: readJobOptions(job.options).again }}
            onClose={close}
          />
        )}
      </Suspense>
    </>
  );
}

const refuse = (job: Job, verb: VerbName): string | null =>
  job.can.includes(verb) ? null : (job.cannot[verb] ?? 'Not possible now.');

async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    showToast({ tone: 'done', title: 'Copied' });
  } catch {
    showToast({ tone: 'failed', title: 'The browser did not allow copying' });
  }
}

function buildAddCurl({ source, queue }: JobAddress, job: Job): string {
  const { again } = readJobOptions(job.options);
  const options = Object.keys(again).length > 0 ? `,"options":${JSON.stringify(again)}` : '';
  const body = `{"name":${JSON.stringify(job.name)},"data":${job.data.text}${options}}`;
  return buildCurl({ ...buildRequest('job.add', { source, queue }), body }, window.location.origin);
}
