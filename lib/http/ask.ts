import 'server-only';
import { headers } from 'next/headers';
import type { CallOf, OutputOf } from '@/lib/contracts/endpoints';
import { VERBS } from '@/lib/http/all-verbs';
import { guardRequest } from '@/lib/http/guard-request';
import { makeAsk } from '@/lib/http/route';
import { Answer, execute, type Verb } from '@/lib/verbs';

/** A page asks a verb directly, on the server. Throws CodedError. */
export async function ask<N extends keyof typeof VERBS>(name: N, call: CallOf<N>): Promise<OutputOf<N>> {
  const given = await headers();
  guardRequest(given, false);
  const { body, ...raw } = call as Record<string, unknown>;
  const verb = VERBS[name] as unknown as Verb<N>;
  const result = await execute(verb, makeAsk({ signal: new AbortController().signal, headers: given }), raw, body);
  return (result instanceof Answer ? result.body : result) as OutputOf<N>;
}
