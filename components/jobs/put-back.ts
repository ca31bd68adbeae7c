import type { QueryClient } from '@tanstack/react-query';
import { showToast } from '@/components/ui/toast/toast-store';
import { call } from '@/lib/client/call';
import { describeError } from '@/lib/client/http/problem-error';
import { jobHref, operationHref } from '@/lib/client/http/url';
import type { JobAddress } from '@/lib/client/jobs';
import { keys } from '@/lib/client/query-keys';
import type { Operation } from '@/lib/contracts/operations';

const LOOK_EVERY_MS = 250;
/** After that the operation's own page tells. */
const PATIENCE_MS = 20_000;

/** Puts a job back that was removed, from the recycle bin's entry, and says how it ended. */
export async function putBack(client: QueryClient, address: JobAddress, entry: string): Promise<void> {
  const { source, queue, job } = address;
  try {
    const reason = `Undo: put back ${job}`.slice(0, 500);
    const begun = await call('bin.restore', { body: { entries: [entry], reason } });
    const ended = await untilEnded(begun);
    if (ended.done > 0)
      showToast({ tone: 'done', title: `Put back: ${job}`, href: jobHref(source, queue, job), hrefLabel: 'Open job' });
    else showToast({ ...describeNotBack(ended), title: `Not put back: ${job}` });
  } catch (error) {
    showToast({ tone: 'failed', title: `Not put back: ${job}`, detail: describeError(error) });
  }
  for (const key of [keys.job(source, queue, job), keys.jobLists(source, queue), keys.queue(source, queue), keys.bin()])
    void client.invalidateQueries({ queryKey: key });
}

async function untilEnded(begun: Operation): Promise<Operation> {
  const end = Date.now() + PATIENCE_MS;
  let now = begun;
  while (now.state !== 'done' && now.state !== 'stopped' && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    now = await call('operation.get', { operation: begun.id });
  }
  return now;
}

function describeNotBack({ id, state, skipped, note }: Operation) {
  const link = { href: operationHref(id), hrefLabel: 'Open operation' };
  if (state !== 'done' && state !== 'stopped')
    return { ...link, tone: 'plain', detail: 'It has not been done yet.' } as const;
  const why = skipped > 0 ? 'A job with its id exists by now.' : (note ?? 'The recycle bin no longer holds it.');
  return { ...link, tone: 'failed', detail: why } as const;
}
