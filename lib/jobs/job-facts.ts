import type { Store } from '@/lib/store/store';
import { storedText } from '@/lib/store/stored-name';

/** What the store adds to a job; all null when nothing is known or the store is away. */
export interface JobFacts {
  idempotencyKey: string | null;
  addedBy: string | null;
  file: { name: string; sizeBytes: number; path: string } | null;
}

interface Row {
  key: string | null;
  added_by: string | null;
  file_name: string | null;
  file_path: string | null;
  size_bytes: string | null;
}

const NOTHING: JobFacts = { idempotencyKey: null, addedBy: null, file: null };

/** One round trip for all three. */
export async function readJobFacts(store: Store, source: string, queue: string, job: string): Promise<JobFacts> {
  const [row] = await store.query<Row>(
    `SELECT i.key, i.added_by, f.name AS file_name, f.path AS file_path, f.size_bytes
       FROM (SELECT 1) one
       LEFT JOIN LATERAL (
         SELECT key, added_by FROM queuedeck.idempotency
          WHERE job_ids @> ARRAY[$3] AND source = $1 AND queue = $2 ORDER BY taken_at DESC LIMIT 1
       ) i ON true
       LEFT JOIN queuedeck.job_file f ON f.source = $1 AND f.queue = $2 AND f.job = $3`,
    [source, storedText(queue), storedText(job)],
  );
  if (!row) return NOTHING;
  return {
    idempotencyKey: row.key,
    addedBy: row.added_by,
    file:
      row.file_name !== null && row.file_path !== null
        ? { name: row.file_name, path: row.file_path, sizeBytes: Number(row.size_bytes) }
        : null,
  };
}

export const unknownJobFacts = (): JobFacts => NOTHING;
