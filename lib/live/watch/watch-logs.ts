import type { QueueBackend } from '@/lib/backends/backend';
import { CodedError } from '@/lib/contracts/errors';
import type { JobState } from '@/lib/contracts/states';
import type { JobRef } from '@/lib/live/frames';
import { jobChannel } from '@/lib/live/topics';
import { log } from '@/lib/log';

/** A running job's log is looked at this often, and soon after its progress and states. */
const EVERY_MS = 500;
const SOON_MS = 80;
/** Reads per look, whatever the number of watched jobs: the rest has its turn at the next. */
const READS_PER_LOOK = 20;
const LINES_PER_READ = 500;
const LINGER_MS = 5_000;

interface WatchedJob extends JobRef {
  backend: QueueBackend;
  viewers: number;
  /** Lines told so far; null = not looked yet. */
  from: number | null;
  /** null = not known: ask. */
  isRunning: boolean | null;
  isDue: boolean;
  isReading: boolean;
  linger: NodeJS.Timeout | null;
}

type OnLines = (job: JobRef, lines: string[], from: number, total: number) => void;

/**
 * Log lines make no event in BullMQ: the logs of watched jobs are read from where the last read ended, while they run and
 * once more when they end, shared by all who watch. Where a log stands is told first (`lines: []`), so that a page that
 * read it earlier sees what it lacks.
 */
export class LogWatch {
  #jobs = new Map<string, WatchedJob>();
  #timer: NodeJS.Timeout | null = null;
  #soon: NodeJS.Timeout | null = null;

  constructor(private readonly onLines: OnLines) {}

  retain(backend: QueueBackend, ref: JobRef): void {
    const channel = jobChannel(ref.source, ref.queue, ref.id);
    const known = this.#jobs.get(channel);
    if (known) {
      known.viewers += 1;
      if (known.linger) clearTimeout(known.linger);
      known.linger = null;
      return;
    }
    const job = {
      ...ref,
      backend,
      viewers: 1,
      from: null,
      isRunning: null,
      isDue: true,
      isReading: false,
      linger: null,
    };
    this.#jobs.set(channel, job);
    this.#timer ??= setInterval(() => this.#look(), EVERY_MS).unref();
    this.#lookSoon(0);
  }

  release(ref: JobRef): void {
    const channel = jobChannel(ref.source, ref.queue, ref.id);
    const job = this.#jobs.get(channel);
    if (!job) return;
    job.viewers -= 1;
    if (job.viewers > 0) return;
    job.linger = setTimeout(() => {
      this.#jobs.delete(channel);
      if (this.#jobs.size === 0) this.stop();
    }, LINGER_MS).unref();
  }

  /** Where a watched log stands; null = not known yet, and it will be told to all. */
  position(ref: JobRef): number | null {
    return this.#jobs.get(jobChannel(ref.source, ref.queue, ref.id))?.from ?? null;
  }

  noteState(channel: string, state: JobState | null): void {
    const job = this.#jobs.get(channel);
    if (!job) return;
    job.isRunning = state === 'active';
    job.isDue = true;
    this.#lookSoon(SOON_MS);
  }

  noteProgress(channel: string): void {
    const job = this.#jobs.get(channel);
    if (!job) return;
    job.isRunning = true;
    job.isDue = true;
    this.#lookSoon(SOON_MS);
  }

  /** States may have been missed. */
  noteGap(source: string): void {
    for (const job of this.#jobs.values())
      if (job.source === source) Object.assign(job, { isRunning: null, isDue: true });
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    if (this.#soon) clearTimeout(this.#soon);
    this.#timer = null;
    this.#soon = null;
    for (const job of this.#jobs.values()) if (job.linger) clearTimeout(job.linger);
    this.#jobs.clear();
  }

  #lookSoon(afterMs: number): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      this.#look(true);
    }, afterMs).unref();
  }

  /** Reads what is due first; those that had their turn go to the end of the line. */
  #look(onlyDue = false): void {
    let reads = 0;
    for (const [channel, job] of [...this.#jobs]) {
      if (reads >= READS_PER_LOOK) return;
      const wants = job.isDue || (!onlyDue && job.isRunning === true);
      if (!wants || job.isReading) continue;
      reads += 1;
      this.#jobs.delete(channel);
      this.#jobs.set(channel, job);
      void this.#read(job);
    }
  }

  async #read(job: WatchedJob): Promise<void> {
    job.isReading = true;
    job.isDue = false;
    try {
      if (job.isRunning === null) {
        const found = await job.backend.getJob(job.queue, job.id, 1);
        // An event that came meanwhile knows better.
        job.isRunning ??= found?.state === 'active';
      }
      const read = await job.backend.getLogs(job.queue, job.id, job.from ?? 0, job.from === null ? 1 : LINES_PER_READ);
      // Not there yet: its log will be told from the first line.
      if (read === null) job.from ??= 0;
      else this.#tell(job, read);
    } catch (error) {
      if (!(error instanceof CodedError)) log.warn({ err: error, source: job.source }, 'log not read');
      job.isDue = true;
    } finally {
      job.isReading = false;
    }
  }

  #tell(job: WatchedJob, { lines, total }: { lines: string[]; total: number }): void {
    const { from } = job;
    if (from === null || total < from) {
      job.from = total;
      this.onLines(job, [], total, total);
    } else if (lines.length > 0) {
      job.from = from + lines.length;
      this.onLines(job, lines, from, total);
      if (job.from < total) job.isDue = true;
      if (job.isDue) this.#lookSoon(SOON_MS);
    }
  }
}
