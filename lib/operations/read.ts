import type { App } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import type { Operation } from '@/lib/contracts/operations';
import type { VerbName } from '@/lib/contracts/routes';
import { listAbilities } from '@/lib/sources/capabilities';
import type { Store } from '@/lib/store/store';
import type { Ask } from '@/lib/verbs';
import { OPERATION_COLUMNS, type OperationRow, toOperation, WITH_BIN } from './rows';

const VERBS = ['operation.stop', 'operation.resume', 'operation.restore'] as const;

/** Throws operation_not_found. */
export async function readOperation(store: Store, id: string): Promise<OperationRow> {
  const [row] = await store.query<OperationRow>(
    `SELECT ${OPERATION_COLUMNS} FROM queuedeck.operation o ${WITH_BIN} WHERE o.id = $1`,
    [id],
  );
  if (!row) throw new CodedError('operation_not_found', `There is no operation ${id}.`);
  return row;
}

/** With what the asker may do about it. */
export function present(ask: Pick<Ask, 'actor' | 'env'> & Pick<App, 'sources'>, row: OperationRow): Operation {
  const entry = ask.sources.get(row.source);
  const unknown = `The source "${row.source}" is not configured here.`;
  const abilities = entry
    ? listAbilities(ask, entry.backend, VERBS, (verb) => refuse(verb, row))
    : { can: [], cannot: Object.fromEntries(VERBS.map((verb) => [verb, unknown])) };
  return { ...toOperation(row), ...abilities };
}

/** Why a verb does not apply to the operation as it stands; null when it does. */
export function refuse(verb: VerbName, row: OperationRow): string | null {
  const isOpen = row.state === 'running' || row.state === 'waiting';
  if (verb === 'operation.stop') return isOpen ? null : `It is ${row.state}.`;
  if (verb === 'operation.resume')
    return row.state === 'stopped' ? null : `Only a stopped operation goes on; this one is ${row.state}.`;
  if (row.kind !== 'remove' && row.kind !== 'cancel') return `What "${row.kind}" did cannot be taken back.`;
  return row.bin_jobs > 0 ? null : 'The recycle bin holds nothing of it.';
}
