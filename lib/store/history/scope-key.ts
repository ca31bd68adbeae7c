import { createHash } from 'node:crypto';

/** `queuedeck.scope.kind`: what figures and jobs are about. */
export const SCOPE_KINDS = { source: 0, queue: 1, name: 2, group: 3 } as const;

/** Queues with more names than this keep the name in each job's row, and figures under the empty name. */
export const NAMES_PER_QUEUE = 1000;

/** `queuedeck.scope.key`. Of a source: no queue, no name; of a group: the fingerprint in hex as name, no queue. */
export function scopeKey(
  kind: (typeof SCOPE_KINDS)[keyof typeof SCOPE_KINDS],
  source: string,
  queue: string | null = null,
  name: string | null = null,
): Buffer {
  return hash16([String(kind), source, queue ?? '', name ?? ''].map(escapeJoint).join('\u0001'));
}

/** What a job is known by in `queuedeck.flow_failure`, whatever its names. */
export function jobKey(source: string, queue: string, id: string): Buffer {
  return hash16([source, queue, id].map(escapeJoint).join('\u0001'));
}

/** `queuedeck.seen_worker.key`. */
export function workerKey(source: string, name: string, version: string): Buffer {
  return hash16([source, name, version].map(escapeJoint).join('\u0001'));
}

/** `queuedeck.seen_options.key`: of the raw JSON text. */
export function optionsKey(options: string): Buffer {
  return hash16(options);
}

/** No name holds the character that joins them: two names are never those of another pair. */
function escapeJoint(text: string): string {
  return text.replaceAll('\u0002', '\u0002\u0002').replaceAll('\u0001', '\u0002\u0003');
}

/** UTF-8 would make one of all names with half a surrogate pair. */
function hash16(text: string): Buffer {
  const encoding = /\p{Surrogate}/u.test(text) ? 'utf16le' : 'utf8';
  return createHash('sha256').update(text, encoding).digest().subarray(0, 16);
}
