import 'server-only';
import { headers } from 'next/headers';
import type { CallOf, OutputOf } from '@/lib/contracts/endpoints';
import { CodedError } from '@/lib/contracts/errors';
import { VERBS } from '@/lib/http/all-verbs';
import { guardRequest } from '@/lib/http/guard-request';
import { makeAsk } from '@/lib/http/route';
import { Answer, execute, type Verb } from '@/lib/verbs';

/** A page asks a verb directly, on the server. Throws CodedError. */
export async function ask<N extends keyof typeof VERBS>(name: N, call: CallOf<N>): Promise<OutputOf<N>> {
  const given = await headers();
  guardRequest(given, 'page');
  const { body, ...raw } = call as Record<string, unknown>;
  const verb = VERBS[name] as unknown as Verb<N>;
  const asked = makeAsk({ signal: new AbortController().signal, headers: given });
  const result = await execute(verb, asked, raw, body).catch((error: unknown) => {
    // Nobody sees the page: what it would show is no fault to be logged.
    throw asked.signal.aborted ? new CodedError('busy', 'The reader of this page is gone.') : error;
  });
  return (result instanceof Answer ? result.body : result) as OutputOf<N>;
}
