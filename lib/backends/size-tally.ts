import type { SampledSizes } from '@/lib/contracts/source-detail';
import type { JobState } from '@/lib/contracts/states';

const LARGEST_SHOWN = 20;

export interface SizedJob {
  id: string;
  name: string;
  /** What the broker holds for it. */
  bytes: number;
  payloadBytes: number;
}

interface Tally {
  jobs: number;
  sampled: number;
  bytes: number;
}

/** Sums up samples: each state's mean stands for all its jobs. */
export class SizeTally {
  readonly #queues = new Map<string, Tally>();
  #largest: SampledSizes['largest'] = [];

  add(queue: string, state: JobState, jobs: number, sample: readonly SizedJob[]): void {
    const tally = this.#queues.get(queue) ?? { jobs: 0, sampled: 0, bytes: 0 };
    this.#queues.set(queue, tally);
    tally.jobs += jobs;
    tally.sampled += sample.length;
    const mean = sample.length === 0 ? 0 : sample.reduce((sum, { bytes }) => sum + bytes, 0) / sample.length;
    tally.bytes += mean * jobs;
    const found = sample.map(({ id, name, payloadBytes }) => ({ queue, id, name, state, payloadBytes }));
    this.#largest = [...this.#largest, ...found]
      .sort((a, b) => b.payloadBytes - a.payloadBytes)
      .slice(0, LARGEST_SHOWN);
  }

  result(queuesLeftOut: number): SampledSizes {
    const queues = [...this.#queues].map(([queue, { jobs, sampled, bytes }]) => ({
      queue,
      jobs,
      sampledJobs: sampled,
      bytes: Math.round(bytes),
      bytesPerJob: jobs === 0 ? 0 : Math.round(bytes / jobs),
    }));
    return {
      sampledJobs: queues.reduce((sum, { sampledJobs }) => sum + sampledJobs, 0),
      queues: queues.sort((a, b) => b.bytes - a.bytes),
      queuesLeftOut,
      largest: this.#largest,
    };
  }
}
