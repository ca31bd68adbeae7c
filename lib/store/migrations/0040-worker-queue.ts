export const workerQueue = {
  name: '0040-worker-queue',
  sql: `
-- What each process of our own worker does on the queues of a source. Written again every 15 s: what has not been seen for a minute is over.
CREATE TABLE queuedeck.worker_queue (
  source  text NOT NULL,
  process text NOT NULL,
  queue   text NOT NULL,
  state   text NOT NULL CHECK (state IN ('works', 'left-alone')),
  -- One sentence, where the queue is left alone.
  reason  text,
  since   timestamptz NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, process, queue)
);
`,
};
