import * as z from 'zod';
import { At, encodeCursor, readCursor } from '@/lib/cursor';
import { explainMissing } from '@/lib/jobs/missing';
import { findSource } from '@/lib/sources/find';
import { query } from '@/lib/verbs';

const Place = z.strictObject({ i: At.count });

/** Oldest line first. `nextCursor` is null at the end; a running job may still add lines: ask again with the last cursor. */
export const listJobLogs = query('job.logs', async (ask, { source, queue, job, cursor, limit }) => {
  const entry = findSource(ask.sources, source);
  const from = readCursor(cursor, Place)?.i ?? 0;
  const logs = await entry.backend.getLogs(queue, job, from, limit);
  if (logs === null) throw await explainMissing(ask.store, entry, queue, job);
  const next = from + logs.lines.length;
  return { items: logs.lines, total: logs.total, nextCursor: next < logs.total ? encodeCursor({ i: next }) : null };
});
