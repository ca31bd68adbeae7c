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
  readonly later: { call: Call; name: string }[] = [];
  #asked = 0;

  constructor(private readonly ports: readonly number[]) {}

  async ask(call: Call, name: string): Promise<Answer | null> {
    const outcome = await this.#send(call, PATIENCE_MS);
    const fault = judge(call, outcome);
    if (fault) this.#note(call, name, fault);
    if (outcome.kind !== 'answer') return null;
    const { answer } = outcome;
    if (answer.ms > HANG_MS || answer.status === 503) this.later.push({ call, name });
    this.statuses[answer.status] = (this.statuses[answer.status] ?? 0) + 1;
    if (answer.status < 300) this.taken.set(call.from, (this.taken.get(call.from) ?? 0) + 1);
    return answer;
  }

  async askFixed({ name, call, status, code, says }: FixedCase): Promise<void> {
    const before = this.faults.length;
    const answer = await this.ask(call, name);
    if (this.faults.length > before) return;
    const wants = [`${status}`, code ? `"code":"${code}"` : '', says ?? ''];
    const body = answer?.body ?? '';
    const fits = answer?.status === status && wants.slice(1).every((part) => body.includes(part));
    if (!fits)
      this.#note(call, name, `not ${wants.filter(Boolean).join(' ')} but ${answer?.status} ${body.slice(0, 300)}`);
  }

  /** One by one: what hangs does so again, and what is refused for no reason too; what only waited for its turn does not. */
  async askAgain(): Promise<void> {
    for (const { call, name } of this.later) {
      const outcome = await this.#send(call, HANG_MS);
      if (outcome.kind === 'late') this.#note(call, name, `no answer within ${HANG_MS} ms, alone`);
      else if (outcome.kind === 'answer' && outcome.answer.status === 503)
        this.#note(call, name, `503, alone: ${outcome.answer.body.slice(0, 300)}`);
    }
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
