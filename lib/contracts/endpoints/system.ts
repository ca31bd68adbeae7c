import * as z from 'zod';
import { endpoint, none } from './endpoint';

export const SYSTEM_ENDPOINTS = {
  'system.health': endpoint('The process is up', none, null, z.object({ status: z.literal('ok') })),
  'system.ready': endpoint(
    'Broker and store answer',
    none,
    null,
    z.object({
      status: z.enum(['ok', 'degraded']),
      checks: z.record(z.string(), z.string()),
      reasons: z.array(z.string()),
    }),
  ),
  'system.openapi': endpoint('This API, described', none, null, z.record(z.string(), z.unknown())),
};
