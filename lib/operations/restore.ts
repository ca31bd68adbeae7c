import { beginRestore } from '@/lib/bin/restore-jobs';
import { CodedError } from '@/lib/contracts/errors';
import { findSource } from '@/lib/sources/find';
import { action } from '@/lib/verbs';
import { present, readOperation, refuse } from './read';

/** Puts back what the operation removed, each job where its id is free. */
export const restoreOperation = action(
  'operation.restore',
  async (ask, { operation, body }) => {
    const row = await readOperation(ask.store, operation);
    findSource(ask.sources, row.source);
    const against = refuse('operation.restore', row);
    if (against !== null) throw new CodedError(row.bin_jobs === 0 ? 'nothing_matches' : 'wrong_state', against);
    if (row.state !== 'done' && row.state !== 'stopped')
      throw new CodedError('wrong_state', `It is ${row.state}: stop it first.`, { state: row.state });
    const reason = body.reason ?? `Undo: ${row.reason}`.slice(0, 500);
    const id = await beginRestore(ask.store, { operation, loads: null, only: null, reason, by: ask.actor.name });
    return present(ask, await readOperation(ask.store, id));
  },
  ({ operation, body }, output) => ({
    operation,
    reason: body.reason,
    ...(output && 'id' in output ? { restore: output.id } : {}),
  }),
);
