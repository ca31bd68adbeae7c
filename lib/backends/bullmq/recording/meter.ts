import type { RecordingCost } from '@/lib/backends/recording';
import type { Query, Row } from '../postgres/connection';
import { BrokerTime } from '../redis/broker-time';

/** Counts what reading costs the broker: commands as they are sent, bytes as texts go and come (without the protocol's own). */
export class CostMeter {
  #cost: Omit<RecordingCost, 'brokerMs'> = { roundTrips: 0, commands: 0, bytesIn: 0, bytesOut: 0 };
  #spentMs: number | null = null;
  #time = new BrokerTime();

  /** `name`: of the commands, all of one kind. */
  add(name: string, commands: number, sent: unknown, received: unknown): void {
    this.#cost.roundTrips += commands;
    this.#cost.commands += commands;
    this.#cost.bytesIn += weigh(sent);
    this.#cost.bytesOut += weigh(received);
    this.#time.note(name, commands);
  }

  /** What a script that was counted ran inside: the broker counts each. */
  addInside(commands: number): void {
    this.#cost.commands += commands;
  }

  /** What a statement took, where the broker keeps no statistics: at most so long was it busy. */
  spend(ms: number): void {
    this.#spentMs = (this.#spentMs ?? 0) + ms;
  }

  refresh(readStats: () => Promise<string>): void {
    this.#time.refresh(readStats);
  }

  read(): RecordingCost {
    return { ...this.#cost, brokerMs: this.#spentMs ?? this.#time.ms };
  }
}

/** Statements of which each is counted, with how long it took. */
export function meterQuery(query: Query, meter: CostMeter): Query {
  return async <R extends Row>(text: string, values: unknown[] = []) => {
    const from = performance.now();
    const rows = await query<R>(text, values);
    meter.spend(performance.now() - from);
    meter.add('select', 1, values, rows.map(Object.values));
    return rows;
  };
}

function weigh(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + weigh(each), 0);
  return typeof value === 'number' ? 4 : 0;
}
