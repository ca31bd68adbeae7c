import * as z from 'zod';
import { Page, SourceName } from '../common';
import { PauseResult, QueueAnswer, QueueList } from '../queues';
import { Why } from '../why';
import { endpoint, OfQueue } from './endpoint';

export const QUEUE_ENDPOINTS = {
  'queue.list': endpoint(
    'Queues with their counts',
    z.strictObject({ source: SourceName.optional(), ...Page }),
    null,
    QueueList,
  ),
  'queue.get': endpoint('One queue', z.strictObject(OfQueue), null, QueueAnswer),
  'queue.why': endpoint('Why a queue does not move, or how it does', z.strictObject(OfQueue), null, Why),
  'queue.pause': endpoint('Pause a queue', z.strictObject(OfQueue), null, PauseResult),
  'queue.resume': endpoint('Resume a queue', z.strictObject(OfQueue), null, PauseResult),
};
