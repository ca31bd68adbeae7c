import { FIELD_NAMES, FIELDS, type FieldName } from '@/lib/contracts/query/ast';
import { STATES } from '@/lib/contracts/query/values';
import type { Suggestions } from '@/lib/contracts/search';
import { sourcesOf } from '@/lib/jobs/search/search';
import type { Queries } from '@/lib/store/queries';
import { inTurn } from '@/lib/turns';
import { type Ask, query } from '@/lib/verbs';

type Item = Suggestions['items'][number];

const MOST = 12;
const DURATIONS = ['>1s', '>10s', '>30s', '>5m'];
const FIXED: Partial<Record<FieldName, [text: string, hint: string | null][]>> = {
  state: STATES.map((state) => [state, null]),
  cancelled: [
    ['yes', null],
    ['no', null],
  ],
  broker: [
    ['yes', 'still there'],
    ['no', 'removed since'],
  ],
  attempts: [
    ['>1', 'more than one'],
    ['>3', null],
  ],
  size: [['>100000', 'bytes']],
  wait: DURATIONS.map((text) => [text, null]),
  run: DURATIONS.map((text) => [text, null]),
  ...Object.fromEntries(
    ['added', 'started', 'finished', 'failed', 'completed'].map((field) => [
      field,
      [
        ['<15m', 'in the last 15 minutes'],
        ['<1h', 'in the last hour'],
        ['<24h', 'in the last day'],
        ['<7d', 'in the last week'],
      ],
    ]),
  ),
};

/** Fields, and the values seen, that could stand where the caret is. */
export const suggestQuery = query('job.suggest', async (ask, { q, at, source, queue }) => {
  const { from, to, text } = wordAt(q, at);
  const field = /^-?([a-z]+):(.*)$/i.exec(text);
  const name = field?.[1]?.toLowerCase();
  if (!field || !name || !Object.hasOwn(FIELDS, name)) return { from, to, items: fieldsLike(text) };
  const values = field[2] ?? '';
  const comma = values.lastIndexOf(',') + 1;
  const typed = values.slice(comma).replaceAll('"', '');
  const start = to - values.length + comma;
  const seen = await valuesLike(ask, sourcesOf(ask, source), queue ?? null, name as FieldName, typed);
  return { from: start, to, items: seen };
});

/** The word that the caret is in: back to a blank or bracket outside quotes, forward to the caret. */
function wordAt(q: string, at: number): { from: number; to: number; text: string } {
  const to = Math.min(at, q.length);
  let from = 0;
  let quoted = false;
  for (let i = 0; i < to; i += 1) {
    if (q[i] === '"') quoted = !quoted;
    else if (!quoted && /[\s()]/.test(q[i] ?? '')) from = i + 1;
  }
  return { from, to, text: q.slice(from, to) };
}

function fieldsLike(text: string): Item[] {
  const typed = text.replace(/^-/, '').toLowerCase();
  const sign = text.startsWith('-') ? '-' : '';
  const fields = FIELD_NAMES.filter((name) => name.startsWith(typed)).map(
    (name): Item => ({
      text: `${sign}${name}${name === 'data' ? '.' : ':'}`,
      label: name,
      hint: FIELDS[name].hint,
      kind: 'field',
    }),
  );
  const words = ['AND', 'OR', 'NOT'].filter((word) => typed !== '' && word.toLowerCase().startsWith(typed));
  return [
    ...fields,
    ...words.map((word): Item => ({ text: `${word} `, label: word, hint: null, kind: 'operator' })),
  ].slice(0, MOST);
}

async function valuesLike(
  ask: Ask,
  sources: readonly string[],
  queue: string | null,
  field: FieldName,
  typed: string,
): Promise<Item[]> {
  const fixed = FIXED[field];
  if (fixed) return fixed.filter(([text]) => text.includes(typed)).map(([text, hint]) => toItem(text, hint));
  const pattern = `%${typed.replaceAll(/[\\%_*]/g, '\\$&')}%`;
  if (field === 'source') return sources.map((value) => toItem(value, null));
  if (!isSeen(field)) return [];
  const rows = await inTurn(ask, 'search', (reader) => readSeen(reader, field, sources, queue, pattern));
  return rows.map(({ value, hint }) => toItem(value, hint));
}

const toItem = (value: string, hint: string | null): Item => ({
  text: /^[^\s()",*]+$/.test(value) ? `${value} ` : `"${value.replaceAll(/[\\"]/g, '\\$&')}" `,
  label: value.slice(0, 120),
  hint,
  kind: 'value',
});

const SEEN = ['name', 'queue', 'worker', 'error', 'group'] as const;
type SeenField = (typeof SEEN)[number];
const isSeen = (field: FieldName): field is SeenField => (SEEN as readonly string[]).includes(field);

interface Seen {
  value: string;
  hint: string | null;
}

/** From the names and groups that were seen: small tables, never the jobs. */
async function readSeen(
  store: Queries,
  field: SeenField,
  sources: readonly string[],
  queue: string | null,
  pattern: string,
): Promise<Seen[]> {
  switch (field) {
    case 'name':
      return store.query<Seen>(
        `SELECT name AS value, min(queue) AS hint FROM queuedeck.scope
          WHERE kind = 2 AND name <> '' AND source = ANY($1) AND ($3::text IS NULL OR queue = $3) AND name ILIKE $2
          GROUP BY name ORDER BY max(seen_at) DESC LIMIT ${MOST}`,
        [sources, pattern, queue],
      );
    case 'queue':
      return store.query<Seen>(
        `SELECT queue AS value, min(source) AS hint FROM queuedeck.scope WHERE kind = 1 AND source = ANY($1) AND queue ILIKE $2
          GROUP BY queue ORDER BY max(seen_at) DESC LIMIT ${MOST}`,
        [sources, pattern],
      );
    case 'worker':
      return store.query<Seen>(
        `SELECT name AS value, max(nullif(version, '')) AS hint FROM queuedeck.seen_worker WHERE source = ANY($1) AND name ILIKE $2
          GROUP BY name ORDER BY max(seen_at) DESC LIMIT ${MOST}`,
        [sources, pattern],
      );
    case 'error':
      return store.query<Seen>(
        `SELECT left(message, 80) AS value, total::text AS hint FROM queuedeck.failure_group WHERE source = ANY($1) AND message ILIKE $2
          ORDER BY last_at DESC LIMIT ${MOST}`,
        [sources, pattern],
      );
    case 'group':
      return store.query<Seen>(
        `SELECT id::text AS value, left(title, 80) AS hint FROM queuedeck.failure_group WHERE source = ANY($1) AND root IS NULL AND (id::text || title) ILIKE $2
          ORDER BY last_at DESC LIMIT ${MOST}`,
        [sources, pattern],
      );
  }
}
