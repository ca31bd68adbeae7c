import { readRecordStandings } from '@/lib/sources/record/standing';
import { query } from '@/lib/verbs';

/** Of sources that can be recorded; it asks no broker. */
export const listRecorders = query('source.recorders', async ({ store, sources }) => ({
  items: [...(await readRecordStandings(store, sources))],
}));
