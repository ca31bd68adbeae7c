import { type Call, describeCall, toBytes } from './call';
import { type Answer, exchange, type Outcome } from './exchange';
import type { FixedCase } from './fixed/case';
import { HANG_MS, judge } from './judge';

/** Beside others on a machine that is busy an answer may take longer, or be that there is no time; either is asked again alone. */
const PATIENCE_MS = 30_000;

/** Sends requests to the web processes in turn, and keeps what came of them. */
export class Asking {
  readonly faults: string[] = [];
  readonly statuses: Record<number, number> = {};
  /** Answers of 2xx by what the request was made from. */
  readonly taken = new Map<string, number>();
  /** What was late, or told to come again. */
  readonly later: { call: Call; name: string; fixed: FixedCase | null }[] = [];
  #asked = 0;

  constructor(private readonly ports: readonly number[]) {}

  async ask(call: Call, name: string): Promise<void> {
    this.#judge(call, name, await this.#send(call, PATIENCE_MS), null);
  }

  async askFixed(fixed: FixedCase): Promise<void> {
    const { call, name } = fixed;
    this.#judge(call, name, await this.#send(call, PATIENCE_MS), fixed);
  }

  /** One by one: what hangs does so again, and what is refused for no reason too; what only waited for its turn does not. */
  async askAgain(): Promise<void> {
    for (const { call, name, fixed } of this.later.splice(0)) {
      const outcome = await this.#send(call, HANG_MS);
      if (outcome.kind === 'late') this.#note(call, name, `no answer within ${HANG_MS} ms, alone`);
      else if (outcome.kind === 'answer' && outcome.answer.status === 503)
        this.#note(call, name, `503, alone: ${outcome.answer.body.slice(0, 300)}`);
      else this.#judge(call, name, outcome, fixed);
    }
  }

  #judge(call: Call, name: string, outcome: Outcome, fixed: FixedCase | null): void {
    const fault = judge(call, outcome);
    if (fault) this.#note(call, name, fault);
    if (fault || outcome.kind !== 'answer') return;
    const { answer } = outcome;
    this.statuses[answer.status] = (this.statuses[answer.status] ?? 0) + 1;
    if (answer.status < 300) this.taken.set(call.from, (this.taken.get(call.from) ?? 0) + 1);
    if (answer.ms > HANG_MS || answer.status === 503) this.later.push({ call, name, fixed });
    else if (fixed) this.#compare(fixed, answer);
  }

  #compare({ name, call, status, code, says }: FixedCase, answer: Answer): void {
    const parts = [code ? `"code":"${code}"` : '', says ?? ''];
    if (answer.status === status && parts.every((part) => answer.body.includes(part))) return;
    const wants = [status, ...parts].filter(Boolean).join(' ');
    this.#note(call, name, `not ${wants} but ${answer.status} ${answer.body.slice(0, 300)}`);
  }

  #send(call: Call, limitMs: number): Promise<Outcome> {
    this.#asked += 1;
    return exchange(this.#port, toBytes(call, this.#port), { isLie: call.isLie, limitMs });
  }

  get #port(): number {
    return this.ports[this.#asked % this.ports.length] as number;
  }

  #note(call: Call, name: string, fault: string): void {
    this.faults.push(`${name} (${call.from}): ${fault}\n  ${describeCall(call, this.#port)}`);
  }
}
