export const foundation = {
  name: '0001-foundation',
  sql: `
-- Who did what: started before the change, outcome after. outcome null = it never came back (crash).
CREATE TABLE queuedeck.audit (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at          timestamptz NOT NULL DEFAULT now(),
  actor       jsonb NOT NULL,
  action      text NOT NULL,
  source      text,
  queue       text,
  job         text,
  input       jsonb,
  outcome     text,
  detail      jsonb,
  finished_at timestamptz
);
CREATE INDEX audit_at ON queuedeck.audit (at DESC, id DESC);
CREATE INDEX audit_job ON queuedeck.audit (source, queue, job, id DESC) WHERE job IS NOT NULL;

-- Idempotency-Key. answer null = the request that took the key has not finished: job_ids say what it will be called.
CREATE TABLE queuedeck.idempotency (
  scope      text NOT NULL,
  key        text NOT NULL,
  body_hash  text NOT NULL,
  job_ids    text[] NOT NULL,
  status     integer,
  answer     jsonb,
  location   text,
  source     text,
  queue      text,
  added_by   text NOT NULL,
  taken_at   timestamptz NOT NULL DEFAULT now(),
  lease_until timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_expires ON queuedeck.idempotency (expires_at);
CREATE INDEX idempotency_jobs ON queuedeck.idempotency USING gin (job_ids);

-- Jobs cancelled before they began: the broker has forgotten them.
CREATE TABLE queuedeck.cancelled_job (
  source       text NOT NULL,
  queue        text NOT NULL,
  job          text NOT NULL,
  name         text NOT NULL,
  state        text NOT NULL,
  by           text NOT NULL,
  reason       text,
  cancelled_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, queue, job)
);

-- Tasks that workers registered.
CREATE TABLE queuedeck.task (
  source      text NOT NULL,
  name        text NOT NULL,
  definition  jsonb NOT NULL,
  seen_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, name)
);

-- The effect ledger behind ctx.once: one row per effect that a job has finished.
CREATE TABLE queuedeck.effect (
  source  text NOT NULL,
  queue   text NOT NULL,
  job     text NOT NULL,
  key     text NOT NULL,
  result  jsonb,
  state   text NOT NULL CHECK (state IN ('started', 'done')),
  owner   text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  done_at timestamptz,
  PRIMARY KEY (source, queue, job, key)
);
CREATE INDEX effect_started ON queuedeck.effect (started_at);

-- Files that jobs made, offered for download. path is relative to the exports folder.
CREATE TABLE queuedeck.job_file (
  source     text NOT NULL,
  queue      text NOT NULL,
  job        text NOT NULL,
  name       text NOT NULL,
  path       text NOT NULL,
  size_bytes bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, queue, job)
);
`,
};
