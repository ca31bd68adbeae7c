import { CodedError } from '@/lib/contracts/errors';
import { type DeployRow, toDeploy } from '@/lib/deploys/list';
import { findSource } from '@/lib/sources/find';
import { action } from '@/lib/verbs';

const YEAR_MS = 366 * 86_400_000;
const AHEAD_MS = 60_000;

/** The same mark again is the same mark. */
export const addDeploy = action(
  'deploy.add',
  async (ask, { body }) => {
    if (body.source !== undefined) findSource(ask.sources, body.source);
    const at = body.at === undefined ? Date.now() : Date.parse(body.at);
    if (at < Date.now() - YEAR_MS || at > Date.now() + AHEAD_MS)
      throw new CodedError('validation_failed', 'at: must be within the last year and at most a minute ahead.', {
        errors: [{ path: 'at', message: 'must be within the last year and at most a minute ahead' }],
      });
    const [row] = await ask.store.query<DeployRow>(
      `INSERT INTO queuedeck.deploy AS d (source, version, origin, by, at) VALUES ($1, $2, 'api', $3, $4)
       ON CONFLICT (coalesce(source, ''), version, origin, at) DO UPDATE SET by = d.by RETURNING id, source, version, origin, by, at`,
      [body.source ?? null, body.version, ask.actor.name, new Date(at)],
    );
    return toDeploy(row as DeployRow);
  },
  ({ body }) => ({ version: body.version }),
);
