import * as z from 'zod';
import { Topics } from '../live';
import { endpoint } from './endpoint';

export const LIVE_ENDPOINTS = {
  'live.stream': endpoint(
    'Live frames (SSE)',
    z.strictObject({ topics: Topics, lastEventId: z.string().max(128).optional() }),
    null,
    null,
  ),
};
