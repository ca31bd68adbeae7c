import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Store } from '@/lib/store/store';
import { JOB_ID_PREFIX } from './traffic';

/** A little more than the jobs that are kept, so that no job on the screen has lost its file. */
const KEPT_FILES = 260;
/** The job's own file, or that of a child of a demo report. */
const DEMO_FILE = new RegExp(`^orders-[0-9-]+-(reports-)?${JOB_ID_PREFIX}`);

/** Removes what demo jobs left behind that nobody can reach any more: old exports, and records of their effects. Users' jobs keep theirs. */
export async function cleanUpDemo(store: Store, exportsDir: string): Promise<void> {
  const gone = await removeOldFiles(exportsDir);
  await store.query('DELETE FROM queuedeck.job_file WHERE path = ANY($1)', [gone]);
  await store.query(
    `DELETE FROM queuedeck.effect WHERE ctid IN
       (SELECT ctid FROM queuedeck.effect WHERE started_at < now() - interval '1 hour' AND job LIKE ANY ($1) LIMIT 10000)`,
    [[`${JOB_ID_PREFIX}%`, `reports.${JOB_ID_PREFIX}%`]],
  );
}

async function removeOldFiles(dir: string): Promise<string[]> {
  const names = (await readdir(dir).catch(() => [])).filter((name) => DEMO_FILE.test(name));
  if (names.length <= KEPT_FILES) return [];
  const aged = await Promise.all(names.map(async (name) => ({ name, at: (await stat(path.join(dir, name))).mtimeMs })));
  const old = aged.sort((a, b) => b.at - a.at).slice(KEPT_FILES);
  for (const { name } of old) await rm(path.join(dir, name), { force: true });
  return old.map(({ name }) => name);
}
