import { present, readOperation } from '@/lib/operations/read';
import { action } from '@/lib/verbs';
import { beginRestore } from './restore-jobs';

/** Puts jobs back from the bin, as an operation. */
export const restoreFromBin = action(
  'bin.restore',
  async (ask, { body }) => {
    const only = body.ids ? new Set(body.ids) : null;
    const { entries: loads, reason } = body;
    const id = await beginRestore(ask.store, { operation: null, loads, only, reason, by: ask.actor.name });
    return present(ask, await readOperation(ask.store, id));
  },
  ({ body }, output) => ({
    entries: body.entries.length,
    ids: body.ids?.length ?? null,
    reason: body.reason,
    ...(output && 'id' in output ? { restore: output.id, total: output.total } : {}),
  }),
);
