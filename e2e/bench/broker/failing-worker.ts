import { type Job, Queue, UnrecoverableError, Worker } from 'bullmq';

/** A real BullMQ worker that takes one job at a time and fails it when told. */
export interface FailingWorker {
  /** Takes the next job. */
  take(): Promise<void>;
  /** Fails the job that was taken, for good. */
  fail(): Promise<void>;
  jobId(): string;
  /** How many had failed in the queue when the job was taken. */
  failedBefore(): number;
  close(): Promise<void>;
}

export async function openFailingWorker(url: string, queueName: string): Promise<FailingWorker> {
  const { hostname: host, port } = new URL(url);
  const connection = { host, port: Number(port), maxRetriesPerRequest: null };
  const queue = new Queue(queueName, { connection, skipMetasUpdate: true });
  const worker = new Worker(queueName, null, { connection, autorun: false });
  queue.on('error', () => undefined);
  worker.on('error', () => undefined);
  const token = 'bench';
  let job: Job | null = null;
  let failed = 0;
  return {
    async take() {
      job = (await worker.getNextJob(token)) ?? null;
      if (!job) throw new Error(`${queueName} has no job to fail`);
      failed = await queue.getFailedCount();
    },
    async fail() {
      if (!job) throw new Error('take a job first');
      await job.moveToFailed(new UnrecoverableError('the bench failed it'), token, false);
    },
    jobId: () => job?.id ?? '',
    failedBefore: () => failed,
    async close() {
      await worker.close(true);
      await queue.close();
    },
  };
}
