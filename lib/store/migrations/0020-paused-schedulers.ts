export const pausedSchedulers = {
  name: '0020-paused-schedulers',
  sql: `
-- BullMQ cannot pause a scheduler: a paused one is not in the broker, and this row is all that there is of it.
-- A row beside a scheduler that the broker has is left over, and says nothing.
CREATE TABLE queuedeck.paused_scheduler (
  source      text NOT NULL,
  queue       text NOT NULL,
  scheduler   text NOT NULL,
  -- JSON text: the definition as the broker had it, and its next run.
  definition  text NOT NULL,
  paused_by   text NOT NULL,
  paused_at   timestamptz NOT NULL DEFAULT now(),
  -- 'pausing' and 'resuming' belong to a request for 10 s; after that to whoever comes.
  phase       text NOT NULL CHECK (phase IN ('pausing', 'paused', 'resuming')),
  version     uuid NOT NULL,
  changed_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, queue, scheduler)
);
`,
};
