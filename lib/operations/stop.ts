import { CodedError } from '@/lib/contracts/errors';
import { action } from '@/lib/verbs';
import { present, readOperation, refuse } from './read';

/** What is under way is brought to its end (a second at most); the rest stays as it is. */
export const stopOperation = action('operation.stop', async (ask, { operation }) => {
  const [stopped] = await ask.store.query(
    `UPDATE queuedeck.operation SET state = 'stopping', note = $2, updated_at = clock_timestamp()
      WHERE id = $1 AND state IN ('running', 'waiting') RETURNING 1`,
    [operation, `Stopped by ${ask.actor.name}.`],
  );
  const row = await readOperation(ask.store, operation);
  if (!stopped && row.state !== 'stopping')
    throw new CodedError('wrong_state', refuse('operation.stop', row) ?? '', { state: row.state });
  return present(ask, row);
});
