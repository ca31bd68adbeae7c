import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { CodedError } from '@/lib/contracts/errors';
import type { SaveView } from '@/lib/contracts/views';
import { readQuery } from '@/lib/jobs/search/read-query';
import { findSource } from '@/lib/sources/find';
import { type Ask, action } from '@/lib/verbs';
import { countViews } from '@/lib/views/count';
import { toView, VIEW_COLUMNS, type ViewRow } from '@/lib/views/rows';

const MOST_PER_OWNER = 200;

export const createView = action(
  'view.create',
  (ask, { body }) => save(ask, null, body),
  (_, output) => (output && 'id' in output ? { view: output.id, name: output.name } : null),
);

export const replaceView = action(
  'view.replace',
  (ask, { view, body }) => save(ask, view, body),
  ({ view, body }) => ({ view, name: body.name }),
);

export const removeView = action(
  'view.remove',
  async (ask, { view }) => {
    const rows = await ask.store.query('DELETE FROM queuedeck.view WHERE id = $1 AND owner = $2 RETURNING 1', [
      view,
      ask.actor.name,
    ]);
    if (rows.length === 0) throw new CodedError('view_not_found', 'No view of yours has that id.');
    return { removed: true as const };
  },
  ({ view }) => ({ view }),
);

/** `id` null = a new one. A queue has one default for all: the newest takes the place of the one before. */
async function save(ask: Ask, id: string | null, body: SaveView) {
  readQuery(body.q);
  if (body.source !== undefined) findSource(ask.sources, body.source);
  const row = await ask.store
    .transaction(async (client) => {
      await client.query('SELECT pg_advisory_xact_lock(7213503)');
      if (body.isDefault)
        await client.query(
          'UPDATE queuedeck.view SET is_default = false WHERE source = $1 AND queue = $2 AND is_default',
          [body.source, body.queue],
        );
      return id === null ? insert(client, ask, body) : update(client, ask, id, body);
    })
    .catch((error: { code?: string }) => {
      if (error.code === '23505') throw new CodedError('view_exists', `You have a view called "${body.name}" here.`);
      throw error;
    });
  const [count = null] = await countViews(ask, [row]);
  return toView(ask, row, count);
}

const valuesOf = (body: SaveView) => [
  body.name,
  body.shared || body.isDefault,
  body.source ?? null,
  body.queue ?? null,
  body.isDefault,
  body.q,
  body.sort,
];

async function insert(client: pg.PoolClient, ask: Ask, body: SaveView): Promise<ViewRow> {
  const { rows: counted } = await client.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM queuedeck.view WHERE owner = $1',
    [ask.actor.name],
  );
  if ((counted[0]?.n ?? 0) >= MOST_PER_OWNER)
    throw new CodedError('too_many_views', `You have ${MOST_PER_OWNER} views: remove one first.`);
  const { rows } = await client.query<ViewRow>(
    `INSERT INTO queuedeck.view (id, owner, name, is_shared, source, queue, is_default, q, sort)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING ${VIEW_COLUMNS}`,
    [randomUUID(), ask.actor.name, ...valuesOf(body)],
  );
  return rows[0] as ViewRow;
}

async function update(client: pg.PoolClient, ask: Ask, id: string, body: SaveView): Promise<ViewRow> {
  const { rows } = await client.query<ViewRow>(
    `UPDATE queuedeck.view SET name = $3, is_shared = $4, source = $5, queue = $6, is_default = $7, q = $8, sort = $9, updated_at = now()
      WHERE id = $1 AND owner = $2 RETURNING ${VIEW_COLUMNS}`,
    [id, ask.actor.name, ...valuesOf(body)],
  );
  if (!rows[0]) throw new CodedError('view_not_found', 'No view of yours has that id.');
  return rows[0];
}
