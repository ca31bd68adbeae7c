import { setTimeout as sleep } from 'node:timers/promises';
import { makeCall, toBytes } from '../../any-input/call';
import { exchange, type Outcome } from '../../any-input/exchange';
import { HANG_MS, judge } from '../../any-input/judge';
import type { Address } from './addresses';

/** Beside others on a busy machine an answer may take longer; it is then asked for again, alone. */
const PATIENCE_MS = 30_000;
const LANES = 6;
/** Some of a heavy read's turns are left to the probes. */
const HEAVY_LANES = 1;
const MOST_FAULTS = 25;
const MOST_PAGES = 3;
const READ_CHARS = 3_000_000;

export interface Walked {
  faults: string[];
  statuses: Record<number, number>;
  asked: number;
  /** The longest answers, in ms. */
  slowest: [ms: number, target: string][];
}

/** Asks for all of them once, each list to its end or its third page, and judges every answer. */
export async function walk(port: number, addresses: readonly Address[]): Promise<Walked> {
  const walked: Walked = { faults: [], statuses: {}, asked: 0, slowest: [] };
  const late: Address[] = [];
  const visit = async (address: Address, limitMs: number): Promise<void> => {
    let next: string | null = address.target;
    for (let page = 0; next !== null && page < MOST_PAGES && walked.faults.length < MOST_FAULTS; page += 1) {
      const at: Address = { ...address, target: next };
      const outcome = await ask(port, at.target, limitMs);
      walked.asked += 1;
      if (isLate(outcome) && limitMs > HANG_MS) {
        late.push(at);
        return;
      }
      next = take(walked, at, outcome);
    }
  };
  await Promise.all([
    inLanes(
      LANES,
      addresses.filter(({ heavy }) => !heavy),
      (one) => visit(one, PATIENCE_MS),
    ),
    inLanes(
      HEAVY_LANES,
      addresses.filter(({ heavy }) => heavy),
      (one) => visit(one, PATIENCE_MS),
    ),
  ]);
  for (const address of late) await visit(address, HANG_MS);
  walked.slowest = walked.slowest.sort(([a], [b]) => b - a).slice(0, 5);
  return walked;
}

/** The page that follows, where the answer is one of a list. */
function take(walked: Walked, { from, target }: Address, outcome: Outcome): string | null {
  const fault = judge(makeCall(from, 'GET', target), outcome) ?? judgeBody(outcome);
  if (fault) walked.faults.push(`${from} ${target.slice(0, 300)}: ${fault}`);
  if (outcome.kind !== 'answer') return null;
  const { status, ms, body } = outcome.answer;
  walked.statuses[status] = (walked.statuses[status] ?? 0) + 1;
  walked.slowest.push([Math.round(ms), target.slice(0, 120)]);
  if (walked.slowest.length > 200) walked.slowest = walked.slowest.sort(([a], [b]) => b - a).slice(0, 5);
  const cursor = status === 200 && target.startsWith('/api/') ? readCursor(body) : null;
  if (cursor === null) return null;
  const url = new URL(target, 'http://localhost');
  if (url.searchParams.get('cursor') === cursor) {
    walked.faults.push(`${from} ${target.slice(0, 300)}: the next page is the same page`);
    return null;
  }
  return `${target.replace(/[?&]cursor=[^&]*/, '')}${target.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
}

/** JSON that says so is JSON. An answer that was left in the middle is not judged. */
function judgeBody(outcome: Outcome): string | null {
  if (outcome.kind !== 'answer' || outcome.answer.body.length > READ_CHARS) return null;
  if (!outcome.answer.headers.get('content-type')?.includes('application/json')) return null;
  const { status, body } = outcome.answer;
  return readJson(body) === undefined ? `${status} is no JSON: ${body.slice(0, 200)}` : null;
}

function readCursor(body: string): string | null {
  const answer = readJson(body) as { nextCursor?: string | null } | undefined;
  return answer?.nextCursor ?? null;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is told to come again comes again. */
async function ask(port: number, target: string, limitMs: number): Promise<Outcome> {
  const bytes = toBytes(makeCall('', 'GET', target), port);
  for (let turn = 1; ; turn += 1) {
    const outcome = await exchange(port, bytes, { isLie: false, limitMs });
    if (outcome.kind !== 'answer' || outcome.answer.status !== 429 || turn === 100) return outcome;
    await sleep(100);
  }
}

const isLate = (outcome: Outcome) =>
  outcome.kind === 'late' ||
  (outcome.kind === 'answer' && (outcome.answer.ms > HANG_MS || outcome.answer.status === 503));

async function inLanes<T>(lanes: number, items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length) await run(items[next++] as T);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
