import * as z from 'zod';
import { At, encodeCursor, readCursor } from '@/lib/cursor';
import { query } from '@/lib/verbs';
import { present } from './read';
import { OPERATION_COLUMNS, type OperationRow, WITH_BIN } from './rows';

const OPEN = ['running', 'waiting', 'stopping'];

/** `at`: microseconds. */
const Place = z.strictObject({ at: At.number, id: At.uuid });

/** Newest first. */
export const listOperations = query('operation.list', async (ask, { source, queue, running, cursor, limit }) => {
  const position = readCursor(cursor, Place);
  const rows = await ask.store.query<OperationRow & { at_us: string }>(
    `SELECT ${OPERATION_COLUMNS}, (extract(epoch FROM o.created_at) * 1000000)::bigint AS at_us
       FROM queuedeck.operation o ${WITH_BIN}
      WHERE ($1::text IS NULL OR o.source = $1) AND ($2::text IS NULL OR o.queue = $2)
        AND ($3::text[] IS NULL OR o.state = ANY($3))
        AND ($4::bigint IS NULL OR ((extract(epoch FROM o.created_at) * 1000000)::bigint, o.id) < ($4, $5::uuid))
      ORDER BY o.created_at DESC, o.id DESC LIMIT $6`,
    [source ?? null, queue ?? null, running ? OPEN : null, position?.at ?? null, position?.id ?? null, limit + 1],
  );
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return {
    items: items.map((row) => present(ask, row)),
    nextCursor: last ? encodeCursor({ at: Number(last.at_us), id: last.id }) : null,
  };
});
