import { ERRORS, type ErrorCode, type Problem } from '@/lib/contracts/errors';
import type { Call } from './call';
import type { Outcome } from './exchange';

export const HANG_MS = 5_000;

/** What may be 503 for a moment, beside others. */
const ALLOWED_503 = new Set<string>(['busy', 'too_slow', 'broker_unavailable', 'store_unavailable']);
const SECURITY = { 'content-security-policy': /default-src 'self'/, 'x-content-type-options': /^nosniff$/ };
/** What the inside looks like: a stack, SQL, a file. */
const INSIDE = [
  /\n\s*at\s[^\n]{1,200}:\d+:\d+/,
  /node_modules|node:internal|\.mjs:\d|\/worker\/|\/lib\/store/,
  /\bqueuedeck\.[a-z_]+\b|\bSELECT\s[\s\S]{1,200}\sFROM\s|\bINSERT INTO\b|\bsyntax error at or near\b|\$\d+::/,
  /\b(TypeError|RangeError|SyntaxError|ReferenceError|ReplyError|DatabaseError|ZodError)\b|@user_script|ERR user_script/,
];

/** What is wrong with an outcome, in a sentence; null = nothing. */
export function judge(call: Call, outcome: Outcome): string | null {
  if (outcome.kind === 'late') return 'no answer';
  // Node ends what asks for a tunnel, and what lies about its length, without a word.
  if (outcome.kind === 'broken')
    return call.isLie || call.method === 'CONNECT' ? null : `no answer: ${outcome.error ?? 'closed'}`;
  const { status, headers, body } = outcome.answer;
  for (const [name, pattern] of Object.entries(SECURITY))
    if (!pattern.test(headers.get(name) ?? '')) return `${status} without ${name}`;
  const location = headers.get('location');
  if (location !== undefined && !/^\/(?![/\\])/.test(location)) return `${status} leads away, to ${location}`;
  if (status < 400) return null;
  const inside = INSIDE.find((pattern) => pattern.test(body));
  if (inside) return `${status} shows its inside (${inside.source.slice(0, 40)}): ${body.slice(0, 400)}`;
  if (isProblem(headers)) return judgeProblem(status, body, call.method);
  if (status >= 500) return `${status}: ${body.slice(0, 300)}`;
  return isUnderApi(call.target) ? `${status} is no problem but ${headers.get('content-type')}` : null;
}

const isProblem = (headers: Map<string, string>) =>
  headers.get('content-type')?.startsWith('application/problem+json') ?? false;

function judgeProblem(status: number, body: string, method: string): string | null {
  if (method === 'HEAD') return status >= 500 ? `${status}` : null;
  const problem = readProblem(body);
  if (!problem) return `${status} is no JSON: ${body.slice(0, 200)}`;
  if (
    !Object.hasOwn(ERRORS, problem.code) ||
    ERRORS[problem.code as ErrorCode][0] !== status ||
    problem.status !== status
  )
    return `${status} says ${problem.code}`;
  if (status === 503 && ALLOWED_503.has(problem.code)) return null;
  return status >= 500 ? `${status} ${problem.code}: ${problem.detail}` : null;
}

function readProblem(body: string): Problem | null {
  try {
    return JSON.parse(body) as Problem;
  } catch {
    return null;
  }
}

/** As the product finds it: "." and ".." taken in, doubled slashes as one. */
function isUnderApi(target: string): boolean {
  const whole = `http://localhost${target.startsWith('/') ? '' : '/'}${target}`;
  if (!URL.canParse(whole)) return false;
  return /^\/+api(\/|$)/.test(new URL(whole).pathname);
}
