import { finishAudit, startAudit } from '@/lib/audit/record';
import { type Actor, mayDo } from '@/lib/auth/permissions';
import type { App } from '@/lib/context';
import { ENDPOINTS, type InputOf, type OutputOf } from '@/lib/contracts/endpoints';
import { CodedError } from '@/lib/contracts/errors';
import { parseInput } from '@/lib/contracts/parse-input';
import type { VerbName } from '@/lib/contracts/routes';
import { log } from '@/lib/log';

/** What a verb knows of the one who asks. */
export interface Ask extends App {
  actor: Actor;
  /** Where the request came from; left out where nobody has sent one. */
  address?: string | undefined;
  /** Aborts when the asker is gone. */
  signal: AbortSignal;
  /** Lower-cased names; only what verbs read. */
  headers: { idempotencyKey: string | null; lastEventId: string | null };
  /** The body of an endpoint that takes a file: its media type, and its bytes as they come. */
  upload?: Upload;
}

export interface Upload {
  type: string;
  bytes: AsyncIterable<Uint8Array>;
}

/** An output with another status or headers than the endpoint's own. */
export class Answer<T> {
  constructor(
    readonly body: T,
    readonly status: number,
    readonly headers: Record<string, string> = {},
  ) {}
}

/** What other machines wait for: it goes by the store's vital lane, whatever else is asked. Heavy reads take turns (lib/turns.ts). */
const VITAL: ReadonlySet<VerbName> = new Set<VerbName>([
  'job.add',
  'job.duplicate',
  'flow.add',
  'task.run',
  'task.import',
  'system.ready',
]);

type Result<N extends VerbName> = OutputOf<N> | Answer<OutputOf<N>> | Response;

/** One question or change, whoever asks: a page, a route, a loop. */
export interface Verb<N extends VerbName = VerbName> {
  kind: 'query' | 'action';
  name: N;
  run(ask: Ask, input: InputOf<N>): Promise<Result<N>>;
  /** What the audit keeps of the input and the output: never payloads. */
  summarise?: (input: InputOf<N>, output: Result<N> | null) => unknown;
}

export const query = <N extends VerbName>(name: N, run: Verb<N>['run']): Verb<N> => ({ kind: 'query', name, run });

export const action = <N extends VerbName>(
  name: N,
  run: Verb<N>['run'],
  summarise?: Verb<N>['summarise'],
): Verb<N> => ({ kind: 'action', name, run, ...(summarise ? { summarise } : {}) });

/**
 * parse → permission → (audit started) → run → (audit outcome).
 * `raw` = path parameters and query merged; `body` = the parsed JSON, undefined when there is none.
 * Throws CodedError; anything else is a fault of ours.
 */
export async function execute<N extends VerbName>(
  verb: Verb<N>,
  ask: Ask,
  raw: Record<string, unknown>,
  body?: unknown,
): Promise<Result<N>> {
  const endpoint = ENDPOINTS[verb.name];
  const input = { ...(parseInput(endpoint.input, raw) as object) } as InputOf<N>;
  const schema = endpoint.door ?? endpoint.body;
  if (schema !== null) input.body = parseInput(schema, body) as InputOf<N>['body'];
  if (!mayDo(ask.actor, verb.name))
    throw new CodedError('forbidden', `The role "${ask.actor.role}" does not include ${verb.name}.`);
  const own = VITAL.has(verb.name) ? { ...ask, store: ask.store.vital } : ask;
  if (verb.kind === 'query') return verb.run(own, input);
  if (ask.env.readOnly) throw new CodedError('read_only', 'QUEUEDECK_READ_ONLY is set: nothing can be changed.');
  return runAudited(verb, own, input);
}

async function runAudited<N extends VerbName>(verb: Verb<N>, ask: Ask, input: InputOf<N>): Promise<Result<N>> {
  const target = input as { source?: string; queue?: string; job?: string };
  const id = await startAudit(ask.store.vital, {
    actor: ask.actor,
    action: verb.name,
    source: target.source ?? null,
    queue: target.queue ?? null,
    job: target.job ?? null,
    input: verb.summarise?.(input, null) ?? null,
  });
  try {
    const output = await verb.run(ask, input);
    await outcome(ask, id, 'done', verb.summarise?.(input, output) ?? null);
    return output;
  } catch (error) {
    await outcome(ask, id, error instanceof CodedError ? error.code : 'internal', {
      message: error instanceof CodedError ? error.detail : String(error),
    });
    throw error;
  }
}

/** The change has happened (or not): losing its outcome must not turn the answer into an error; `started` still stands. */
async function outcome(ask: Ask, id: string, text: string, detail: unknown): Promise<void> {
  try {
    await finishAudit(ask.store.vital, id, text, detail);
  } catch (error) {
    log.error({ err: (error as Error).message, audit: id, outcome: text }, 'audit outcome not written');
  }
}
