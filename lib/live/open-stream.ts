import { sharedHub } from '@/lib/live/shared-hub';
import { parseTopics } from '@/lib/live/topics';
import { readChanged } from '@/lib/operations/read-changed';
import { callerOf } from '@/lib/turns';
import { query } from '@/lib/verbs';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  // no-transform: compressed by a proxy or by Next, frames would be held back.
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/** One SSE stream; see lib/contracts/live.ts for its frames. `Last-Event-ID`, header or parameter, resumes it. */
export const openLiveStream = query('live.stream', async (ask, { topics, lastEventId }) => {
  const resumeFrom = ask.headers.lastEventId ?? lastEventId ?? null;
  const hub = sharedHub(ask.sources, (after) => readChanged(ask.store, after));
  const stream = hub.open(parseTopics(topics), resumeFrom, ask.signal, callerOf(ask));
  return new Response(stream.body, { headers: HEADERS });
});
