import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError } from '@/lib/contracts/errors';
import type { Enqueued } from '@/lib/contracts/jobs';
import { toJsonb } from '@/lib/store/clean-text';
import type { Store } from '@/lib/store/store';
import { storedText } from '@/lib/store/stored-name';

/**
 * A key's row: absent → taken (ids chosen, lease running) → answered. A taker that fails or dies leaves `taken` behind with
 * its lease over; the next request of the same key and body takes it over with the SAME job ids.
 */
export type Claim =
  | { kind: 'replay'; answer: Enqueued[] }
  | {
      kind: 'claimed';
      jobIds: string[];
      finish(answer: Enqueued[]): Promise<void>;
      release(): Promise<void>;
    };

interface Request {
  scope: string;
  key: string;
  body: unknown;
  source: string;
  queue: string;
  count: number;
  by: string;
  signal: AbortSignal;
}

interface Row {
  body_hash: string;
  job_ids: string[];
  answer: Enqueued[] | null;
  mine: boolean;
}

const LEASE = "interval '10 seconds'";
const WAIT_MS = 3000;

/** 422 for a key out of bounds, 409 for another body or a first request that is still running after 3 s. */
export async function claimKey(store: Store, request: Request): Promise<Claim> {
  checkKey(request.key);
  const hash = createHash('sha256').update(canonicalJson(request.body)).digest('hex');
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const row = await take(store, request, hash);
    if (row.body_hash !== hash)
      throw new CodedError(
        'idempotency_conflict',
        'This Idempotency-Key came with another body within the last 24 hours.',
      );
    if (row.answer) return { kind: 'replay', answer: row.answer };
    if (row.mine) return claimed(store, request, row.job_ids);
    if (Date.now() > deadline || request.signal.aborted)
      throw new CodedError(
        'idempotency_in_progress',
        'The first request with this Idempotency-Key has not ended; ask again.',
        {
          retryAfterSeconds: 1,
        },
      );
    await sleep(50);
  }
}

/** One statement: inserts the row, or takes over one whose lease or life is over, or reads the one that stands. */
async function take(store: Store, request: Request, hash: string): Promise<Row> {
  const ids = Array.from({ length: request.count }, () => randomUUID());
  const values = [
    storedText(request.scope),
    request.key,
    hash,
    ids,
    request.source,
    storedText(request.queue),
    request.by,
  ];
  const [taken] = await store.query<Row>(
    `INSERT INTO queuedeck.idempotency AS i (scope, key, body_hash, job_ids, source, queue, added_by, lease_until, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, now() + ${LEASE}, now() + interval '24 hours')
     ON CONFLICT (scope, key) DO UPDATE SET
       job_ids = CASE WHEN i.expires_at < now() THEN excluded.job_ids ELSE i.job_ids END,
       body_hash = excluded.body_hash, answer = NULL, added_by = excluded.added_by,
       taken_at = now(), lease_until = now() + ${LEASE}, expires_at = now() + interval '24 hours'
     WHERE i.expires_at < now() OR (i.answer IS NULL AND i.lease_until < now() AND i.body_hash = excluded.body_hash)
     RETURNING body_hash, job_ids, NULL::jsonb AS answer, true AS mine`,
    values,
  );
  if (taken) return taken;
  const [standing] = await store.query<Row>(
    'SELECT body_hash, job_ids, answer, false AS mine FROM queuedeck.idempotency WHERE scope = $1 AND key = $2',
    [storedText(request.scope), request.key],
  );
  return standing ?? take(store, request, hash);
}

function claimed(store: Store, { scope, key }: Request, jobIds: string[]): Claim {
  return {
    kind: 'claimed',
    jobIds,
    async finish(answer) {
      await store.query('UPDATE queuedeck.idempotency SET answer = $3, job_ids = $4 WHERE scope = $1 AND key = $2', [
        storedText(scope),
        key,
        toJsonb(answer),
        answer.map((job) => storedText(job.id)),
      ]);
    },
    async release() {
      await store.query(
        'UPDATE queuedeck.idempotency SET lease_until = now() WHERE scope = $1 AND key = $2 AND answer IS NULL',
        [storedText(scope), key],
      );
    },
  };
}

function checkKey(key: string): void {
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return;
  throw new CodedError('validation_failed', 'Idempotency-Key: takes 1–255 visible ASCII characters.', {
    errors: [{ path: 'Idempotency-Key', message: 'takes 1–255 visible ASCII characters' }],
  });
}

/** Same value, same text: object keys sorted. Of what JSON text was parsed to. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = value as Record<string, unknown>;
  let text = '';
  for (const key of Object.keys(members).sort(inOrder)) {
    if (members[key] === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(members[key])}`;
  }
  return `{${text}}`;
}

/** As an object would have them: what is an index comes first, by its number. */
function inOrder(a: string, b: string): number {
  const [first, second] = [indexOf(a), indexOf(b)];
  if (first !== second) return first < second ? -1 : 1;
  return a < b ? -1 : 1;
}

const NO_INDEX = Number.POSITIVE_INFINITY;
const LAST_INDEX = 4_294_967_294;

function indexOf(key: string): number {
  const code = key.charCodeAt(0);
  if (!(code >= 48 && code <= 57) || key.length > 10) return NO_INDEX;
  const index = Number(key);
  return index <= LAST_INDEX && String(index) === key ? index : NO_INDEX;
}
