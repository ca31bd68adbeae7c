export const operations = {
  name: '0010-operations',
  sql: `
-- Bulk operations. The set of jobs is fixed in operation_job before the first change.
CREATE TABLE queuedeck.operation (
  id          uuid PRIMARY KEY,
  source      text NOT NULL,
  queue       text NOT NULL,
  kind        text NOT NULL,
  action      jsonb NOT NULL,
  filter      jsonb,
  ids_given   integer,
  chosen      text NOT NULL,
  reason      text NOT NULL,
  by          text NOT NULL,
  options     jsonb NOT NULL,
  state       text NOT NULL CHECK (state IN ('running', 'waiting', 'stopping', 'stopped', 'done')),
  note        text,
  total       integer NOT NULL,
  done        integer NOT NULL DEFAULT 0,
  skipped     integer NOT NULL DEFAULT 0,
  failed      integer NOT NULL DEFAULT 0,
  phase       jsonb,
  per_second  real,
  -- The monitor that runs it, and until when it need not say so again.
  lease_owner text,
  lease_until timestamptz,
  -- Marks in the broker are gone: nothing of it is left there.
  is_swept    boolean NOT NULL DEFAULT false,
  created_at  timestamptz NOT NULL DEFAULT now(),
  ended_at    timestamptz,
  updated_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX operation_newest ON queuedeck.operation (created_at DESC, id DESC);
CREATE INDEX operation_open ON queuedeck.operation (created_at) WHERE NOT is_swept;
CREATE INDEX operation_updated ON queuedeck.operation (updated_at);

-- The ledger, in chunks of jobs that were in one state: ids and outcomes side by side, NULL = pending.
-- kept[i] = the load of the bin from which job i of a restore comes.
CREATE TABLE queuedeck.operation_job (
  operation   uuid NOT NULL REFERENCES queuedeck.operation ON DELETE CASCADE,
  n           integer NOT NULL,
  from_state  text,
  ids         text[] NOT NULL,
  outcomes    text[] NOT NULL,
  kept        bigint[],
  pending     integer NOT NULL,
  PRIMARY KEY (operation, n)
);
CREATE INDEX operation_job_pending ON queuedeck.operation_job (operation, n) WHERE pending > 0;

-- The recycle bin: loads of jobs, written before they leave the broker. state per job: 0 = only read so far,
-- 1 = removed, can be put back, 2 = taken by a restore. payload: see lib/bin/payload.ts.
CREATE TABLE queuedeck.bin (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source      text NOT NULL,
  queue       text NOT NULL,
  operation   uuid,
  why         text NOT NULL,
  ids         text[] NOT NULL,
  state       smallint[] NOT NULL,
  payload     bytea NOT NULL,
  size_bytes  integer NOT NULL,
  at          timestamptz NOT NULL DEFAULT now(),
  expires_at  timestamptz NOT NULL
);
ALTER TABLE queuedeck.bin ALTER COLUMN payload SET STORAGE EXTERNAL;
CREATE INDEX bin_expires ON queuedeck.bin (expires_at);
CREATE INDEX bin_operation ON queuedeck.bin (operation, id) WHERE operation IS NOT NULL;
CREATE INDEX bin_queue ON queuedeck.bin (source, queue, id DESC);
`,
};
