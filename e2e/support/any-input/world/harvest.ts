import type { Api } from '../operations';
import type { World } from './world';

const STATES = ['waiting', 'delayed', 'prioritized', 'active', 'completed', 'failed', 'waiting-children'];

/** Cursors of every list that gives one, for pages of one row. */
export async function harvestCursors(url: string, world: World, api: Api): Promise<World['cursors']> {
  const found: World['cursors'] = [];
  const lists = api.operations.filter(
    ({ method, parameters }) => method === 'GET' && parameters.some(({ name }) => name === 'cursor'),
  );
  for (const { id, path } of lists)
    for (const { source, queue, jobs } of world.places.filter((one) => one.queue === 'any')) {
      const values: Record<string, string> = {
        source,
        queue,
        job: jobs.at(-1) ?? '',
        operation: world.operations[0] ?? '',
      };
      const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
      for (const more of id === 'job.list' ? STATES.map((state) => `&state=${state}`) : ['']) {
        const response = await fetch(`${url}/api/v1${filled}?limit=1${more}`);
        const { nextCursor, moreCursor } = (await response.json()) as { nextCursor?: string; moreCursor?: string };
        for (const cursor of [nextCursor, moreCursor]) if (cursor) found.push({ operation: id, cursor });
      }
    }
  return found;
}
