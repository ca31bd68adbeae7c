import { showToast } from '@/components/ui/toast/toast-store';
import { call } from '@/lib/client/call';
import { describeError } from '@/lib/client/http/problem-error';
import type { Queue } from '@/lib/contracts/queues';

/** Hands the queue's settings and counts to the browser as a file. */
export async function exportMeta({ source, name }: Queue): Promise<void> {
  try {
    const meta = await call('queue.meta', { source, queue: name });
    const url = URL.createObjectURL(new Blob([JSON.stringify(meta, null, 2)], { type: 'application/json' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = `${name.replaceAll(/[^\w.-]+/g, '_').slice(0, 80)}.json`;
    link.click();
    URL.revokeObjectURL(url);
  } catch (error) {
    showToast({ tone: 'failed', title: `${name} could not be exported`, detail: describeError(error) });
  }
}
