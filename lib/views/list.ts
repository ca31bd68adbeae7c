import * as z from 'zod';
import { At, encodeCursor, readCursor } from '@/lib/cursor';
import { query } from '@/lib/verbs';
import { countViews } from '@/lib/views/count';
import { toView, VIEW_COLUMNS, type ViewRow } from '@/lib/views/rows';

const Place = z.strictObject({ name: At.text, id: At.uuid });

/** Your own and shared ones of one place, by name. */
export const listViews = query('view.list', async (ask, { source, queue, cursor, limit }) => {
  const after = readCursor(cursor, Place);
  const rows = await ask.store.query<ViewRow>(
    `SELECT ${VIEW_COLUMNS} FROM queuedeck.view
      WHERE (is_shared OR owner = $1) AND source IS NOT DISTINCT FROM $2 AND queue IS NOT DISTINCT FROM $3
        AND ($4::text IS NULL OR (name, id) > ($4, $5::uuid)) ORDER BY name, id LIMIT $6`,
    [ask.actor.name, source ?? null, queue ?? null, after?.name ?? null, after?.id ?? null, limit + 1],
  );
  const items = rows.slice(0, limit);
  const counts = await countViews(ask, items);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return {
    items: items.map((row, i) => toView(ask, row, counts[i] ?? null)),
    nextCursor: last ? encodeCursor({ name: last.name, id: last.id }) : null,
  };
});
