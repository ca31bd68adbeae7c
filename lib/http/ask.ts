import 'server-only';
import { headers } from 'next/headers';
import type { CallOf, OutputOf } from '@/lib/contracts/endpoints';
import { CodedError } from '@/lib/contracts/errors';
import { VERBS } from '@/lib/http/all-verbs';
import { guardRequest } from '@/lib/http/guard-request';
import { makeAsk } from '@/lib/http/route';
import { SharedAnswers } from '@/lib/http/shared-answers';
import { Answer, type Ask, execute, type Verb } from '@/lib/verbs';

type Name = keyof typeof VERBS;

/** A page asks a verb directly, on the server. Throws CodedError. */
export async function ask<N extends Name>(name: N, call: CallOf<N>): Promise<OutputOf<N>> {
  return answer(name, call, await askHere());
}

const answers = new SharedAnswers();

/** The same, of what costs much and may be so old: one answer for all pages of one actor that ask for the same. */
export async function askTogether<N extends Name>(name: N, call: CallOf<N>, forMs: number): Promise<OutputOf<N>> {
  const asked = await askHere();
  const { kind, name: who } = asked.actor;
  return answers.get(JSON.stringify([kind, who, name, call]), forMs, () => answer(name, call, asked));
}

async function askHere(): Promise<Ask> {
  const given = await headers();
  guardRequest(given, 'page');
  return makeAsk({ signal: new AbortController().signal, headers: given });
}

async function answer<N extends Name>(name: N, call: CallOf<N>, asked: Ask): Promise<OutputOf<N>> {
  const { body, ...raw } = call as Record<string, unknown>;
  const result = await execute(VERBS[name] as unknown as Verb<N>, asked, raw, body).catch((error: unknown) => {
    // Nobody sees the page: what it would show is no fault to be logged.
    throw asked.signal.aborted ? new CodedError('busy', 'The reader of this page is gone.') : error;
  });
  return (result instanceof Answer ? result.body : result) as OutputOf<N>;
}
