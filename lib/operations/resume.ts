import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError } from '@/lib/contracts/errors';
import { findSource } from '@/lib/sources/find';
import { action } from '@/lib/verbs';
import { nextPhase } from './engine/phases';
import { present, readOperation, refuse } from './read';

/** How long one that has stopped is waited for until it has come to rest. */
const REST_MS = 3_000;

/** Goes on with what is pending. One that its failure rate stopped goes on with the step after: whoever resumes it has seen why. */
export const resumeOperation = action('operation.resume', async (ask, { operation }) => {
  const row = await readOperation(ask.store, operation);
  findSource(ask.sources, row.source);
  const against = refuse('operation.resume', row);
  if (against !== null) throw new CodedError('wrong_state', against, { state: row.state });
  const settled = row.done + row.skipped + row.failed;
  const phase = row.phase && settled >= row.phase.to ? nextPhase(row.total, row.phase) : row.phase;
  const resume = () =>
    ask.store.query(
      `UPDATE queuedeck.operation
          SET state = 'running', note = NULL, phase = $2, ended_at = NULL, is_swept = false, generation = generation + 1, updated_at = clock_timestamp()
        WHERE id = $1 AND state = 'stopped' AND is_swept RETURNING 1`,
      [operation, phase && JSON.stringify(phase)],
    );
  // What stopped it may still be clearing away behind it.
  let [resumed] = await resume();
  for (const end = Date.now() + REST_MS; !resumed && Date.now() < end; [resumed] = await resume()) await sleep(100);
  if (!resumed)
    throw new CodedError('wrong_state', 'It is still coming to rest: try again in a moment.', { state: row.state });
  return present(ask, await readOperation(ask.store, operation));
});
