import * as z from 'zod';
import { Page, SourceName } from '../common';
import {
  CleanInput,
  ConcurrencyInput,
  ConcurrencyResult,
  DrainInput,
  ObliterateInput,
  OrphansInput,
  QueueMeta,
  RateLimitInput,
  RateLimitNow,
  RateLimitResult,
  SweepResult,
  TrimEventsInput,
  TrimEventsResult,
} from '../queue-changes';
import { Paused, PauseInput, PauseResult, QueueAnswer, QueueList } from '../queues';
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
  'queue.pause': endpoint('Pause a queue', z.strictObject(OfQueue), PauseInput.default({}), Paused),
  'queue.resume': endpoint('Resume a queue', z.strictObject(OfQueue), null, PauseResult),
  'queue.drain': endpoint(
    'Remove what waits in a queue',
    z.strictObject(OfQueue),
    DrainInput.default({ delayed: false }),
    SweepResult,
  ),
  'queue.clean': endpoint('Remove jobs of one state by their age', z.strictObject(OfQueue), CleanInput, SweepResult),
  'queue.obliterate': endpoint(
    'Remove a paused queue with all that it holds',
    z.strictObject(OfQueue),
    ObliterateInput,
    SweepResult,
  ),
  'queue.remove-orphans': endpoint(
    'Remove what is left of jobs that are in no state',
    z.strictObject(OfQueue),
    OrphansInput.default({}),
    SweepResult,
  ),
  'queue.set-concurrency': endpoint(
    'Bound how many jobs of a queue run at a time',
    z.strictObject(OfQueue),
    ConcurrencyInput,
    ConcurrencyResult,
  ),
  'queue.clear-concurrency': endpoint(
    'Let its workers alone bound how many jobs run',
    z.strictObject(OfQueue),
    null,
    ConcurrencyResult,
  ),
  'queue.rate-limit': endpoint(
    "A queue's rate limit, and for how long it holds the queue",
    z.strictObject(OfQueue),
    null,
    RateLimitNow,
  ),
  'queue.set-rate-limit': endpoint(
    'Bound how many jobs of a queue begin in a time',
    z.strictObject(OfQueue),
    RateLimitInput,
    RateLimitResult,
  ),
  'queue.clear-rate-limit': endpoint("Clear a queue's rate limit", z.strictObject(OfQueue), null, RateLimitResult),
  'queue.trim-events': endpoint(
    "Forget all but the newest of a queue's events",
    z.strictObject(OfQueue),
    TrimEventsInput,
    TrimEventsResult,
  ),
  'queue.meta': endpoint("A queue's settings and counts, for an export", z.strictObject(OfQueue), null, QueueMeta),
};
