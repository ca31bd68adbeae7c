import type { RecordingCost } from '@/lib/backends/recording';

/** Counts what reading costs the broker: commands as they are sent, bytes as texts go and come (without the protocol's own). */
export class CostMeter {
  #cost: RecordingCost = { commands: 0, bytesIn: 0, bytesOut: 0, brokerMs: null };

  add(commands: number, sent: unknown, received: unknown): void {
    this.#cost.commands += commands;
    this.#cost.bytesIn += weigh(sent);
    this.#cost.bytesOut += weigh(received);
  }

  read(): RecordingCost {
    return { ...this.#cost };
  }
}

function weigh(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + weigh(each), 0);
  return typeof value === 'number' ? 4 : 0;
}
