import type { RecordingCost } from '@/lib/backends/recording';
import type { Note } from './ledger';

const OVER_MS = 60_000;

interface Sample extends RecordingCost {
  at: number;
  jobs: number;
}

/** `queuedeck.recorder.cost`: what recording costs the broker, per second over the last minute. */
export interface StoredCost {
  roundTripsPerSecond: number;
  commandsPerSecond: number;
  bytesPerSecond: number;
  share: number | null;
  jobsPerSecond: number;
  commandsPerJob: number | null;
}

/** Samples the cost counters once a second at most, and tells rates over the last minute. */
export class CostRate {
  #samples: Sample[] = [];
  #jobs = 0;

  constructor(private readonly cost: () => RecordingCost) {}

  /** Null = nothing new to tell. `notes`: what the batch counted. */
  read(notes: readonly Note[]): StoredCost | null {
    for (const note of notes)
      if ('times' in note && (note.metric === 'completed' || note.metric === 'failed')) this.#jobs += note.times;
    const at = Date.now();
    const last = this.#samples.at(-1);
    if (last && at - last.at < 1_000) return null;
    const now: Sample = { at, jobs: this.#jobs, ...this.cost() };
    this.#samples.push(now);
    while (this.#samples.length > 2 && at - (this.#samples[1]?.at ?? at) >= OVER_MS) this.#samples.shift();
    const first = this.#samples[0] as Sample;
    const seconds = (at - first.at) / 1000;
    if (seconds < 1) return null;
    const commands = now.commands - first.commands;
    const jobs = now.jobs - first.jobs;
    const told = this.#samples.find(({ brokerMs }) => brokerMs !== null);
    return {
      roundTripsPerSecond: round((now.roundTrips - first.roundTrips) / seconds),
      commandsPerSecond: round(commands / seconds),
      bytesPerSecond: Math.round((now.bytesIn + now.bytesOut - first.bytesIn - first.bytesOut) / seconds),
      share:
        told && now.brokerMs !== null && now.at > told.at
          ? (now.brokerMs - (told.brokerMs ?? 0)) / (now.at - told.at)
          : null,
      jobsPerSecond: round(jobs / seconds),
      commandsPerJob: jobs === 0 ? null : round(commands / jobs),
    };
  }
}

const round = (value: number) => Math.round(value * 100) / 100;
