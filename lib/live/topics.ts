import { CodedError } from '@/lib/contracts/errors';

/** What one stream watches; the words of `lib/contracts/live.ts`. */
export type Topic =
  | { kind: 'overview' }
  | { kind: 'operations' }
  | { kind: 'queue'; source: string; queue: string }
  | { kind: 'job'; source: string; queue: string; job: string };

/** Decodes each part once; doubles are dropped. Throws validation_failed for a broken escape. */
export function parseTopics(texts: readonly string[]): Topic[] {
  const topics = new Map<string, Topic>();
  for (const text of texts) {
    const topic = parseTopic(text);
    topics.set(topicChannel(topic), topic);
  }
  return [...topics.values()];
}

function parseTopic(text: string): Topic {
  if (text === 'overview' || text === 'operations') return { kind: text };
  const [kind, rest = ''] = splitOnce(text, ':');
  const [source = '', queue = '', job] = rest.split('/').map((part) => decodePart(part, text));
  return kind === 'job' && job !== undefined ? { kind, source, queue, job } : { kind: 'queue', source, queue };
}

function decodePart(part: string, topic: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new CodedError('validation_failed', `topics: "${topic.slice(0, 80)}" holds a broken % escape`, {
      errors: [{ path: 'topics', message: 'holds a broken % escape' }],
    });
  }
}

function splitOnce(text: string, by: string): [string, string] {
  const at = text.indexOf(by);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/*
 * Channels are what events are sorted by inside the hub. Sources hold no \0; a queue and a job may, so it is said where one ends.
 */
export const OVERVIEW = 'overview';
export const OPERATIONS = 'operations';
export const queueChannel = (source: string, queue: string) => `queue\0${source}\0${queue}`;
export const jobChannel = (source: string, queue: string, job: string) =>
  `job\0${source}\0${queue.length}\0${queue}\0${job}`;
/** Everybody who watches anything of a source. */
export const sourceChannel = (source: string) => `source\0${source}`;

export function topicChannel(topic: Topic): string {
  if (topic.kind === 'overview') return OVERVIEW;
  if (topic.kind === 'operations') return OPERATIONS;
  if (topic.kind === 'queue') return queueChannel(topic.source, topic.queue);
  return jobChannel(topic.source, topic.queue, topic.job);
}
