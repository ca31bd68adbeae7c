export const history = {
  name: '0030-history',
  sql: `
-- What figures and jobs are about: a source (kind 0), a queue (1), the jobs of one name in a queue (2), a group of failures (3).
-- key = kind, source, queue and name, joined by U+0001 and hashed: names have no bound.
CREATE TABLE queuedeck.scope (
  id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind    smallint NOT NULL,
  source  text NOT NULL,
  queue   text,
  name    text,
  key     bytea NOT NULL UNIQUE,
  seen_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX scope_of_queue ON queuedeck.scope (source, queue) WHERE kind = 2;

-- A worker in one version.
CREATE TABLE queuedeck.seen_worker (
  id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source  text NOT NULL,
  name    text NOT NULL,
  version text NOT NULL DEFAULT '',
  key     bytea NOT NULL UNIQUE,
  seen_at timestamptz NOT NULL DEFAULT now()
);

-- Options that jobs share, as raw JSON text.
CREATE TABLE queuedeck.seen_options (
  id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  options text NOT NULL,
  key     bytea NOT NULL UNIQUE
);

-- Every job that was seen: one row for each time that an id was added. Partitions by the day of adding (UTC), made by the recorder.
--   state  0 waiting 1 active 2 delayed 3 prioritized 4 waiting-children 5 completed 6 failed 7 removed before it ended
--          8 ended unseen
--   flags  1 gone from the broker · 2 cancelled · 4 found by reconciliation, not seen as it happened · 8 data was not seen
--   name   only where the queue has too many names for scopes of their own
--   terms  hashes of "path=value" of the data, see lib/store/history/terms.ts
--   data, result  at most 64 KB of the raw JSON text, *_bytes the true size
--   detail JSON text: what is rarely asked for (attempts, stack, progress, parent …), see lib/store/history/detail.ts
CREATE SEQUENCE queuedeck.job_n;
CREATE TABLE queuedeck.job (
  added_at     timestamptz NOT NULL,
  started_at   timestamptz,
  finished_at  timestamptz,
  n            bigint NOT NULL DEFAULT nextval('queuedeck.job_n'),
  source_id    integer NOT NULL,
  queue_id     integer NOT NULL,
  kind_id      integer NOT NULL,
  wait_ms      integer,
  run_ms       integer,
  worker_id    integer,
  group_id     integer,
  options_id   integer,
  data_bytes   integer,
  result_bytes integer,
  state        smallint NOT NULL,
  flags        smallint NOT NULL DEFAULT 0,
  attempts_made smallint NOT NULL DEFAULT 0,
  attempts     smallint NOT NULL DEFAULT 1,
  id           text NOT NULL,
  name         text,
  error        text,
  terms        integer[],
  data         text,
  result       text,
  detail       text,
  PRIMARY KEY (id, queue_id, added_at)
) PARTITION BY RANGE (added_at);
CREATE INDEX job_added ON queuedeck.job (added_at);
CREATE INDEX job_finished ON queuedeck.job (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX job_kind ON queuedeck.job (kind_id, state, added_at);
CREATE INDEX job_group ON queuedeck.job (group_id, finished_at) WHERE group_id IS NOT NULL;
CREATE INDEX job_terms ON queuedeck.job USING gin (terms);

-- Counts and times, exact: written in the transaction that writes the jobs and moves the cursor.
--   level 0 = a minute, 1 = ten minutes, 2 = a day (UTC). wait, run: see lib/store/figures/sketch.ts; NULL = none.
CREATE TABLE queuedeck.figure (
  level     smallint NOT NULL,
  scope_id  integer NOT NULL,
  at        timestamptz NOT NULL,
  added     integer NOT NULL DEFAULT 0,
  started   integer NOT NULL DEFAULT 0,
  completed integer NOT NULL DEFAULT 0,
  failed    integer NOT NULL DEFAULT 0,
  failed_attempts integer NOT NULL DEFAULT 0,
  retried   integer NOT NULL DEFAULT 0,
  cancelled integer NOT NULL DEFAULT 0,
  stalled   integer NOT NULL DEFAULT 0,
  -- Ended without being seen; of these the broker's own metrics told so many as completed or failed, which are in there too.
  unseen    integer NOT NULL DEFAULT 0,
  wait      bytea,
  run       bytea,
  PRIMARY KEY (level, scope_id, at)
);

-- Sampled once a minute for sources and queues: means over the bucket, oldest_wait_ms the greatest. NULL = not known.
CREATE TABLE queuedeck.gauge (
  level     smallint NOT NULL,
  scope_id  integer NOT NULL,
  at        timestamptz NOT NULL,
  samples   integer NOT NULL,
  backlog   real,
  active    real,
  delayed   real,
  slots     real,
  busy      real,
  workers   real,
  oldest_wait_ms bigint,
  PRIMARY KEY (level, scope_id, at)
);

-- One row for each source: who records it, from where on, and how it goes. cursor, progress, cost: JSON of the recorder's own.
CREATE TABLE queuedeck.recorder (
  source      text PRIMARY KEY,
  owner       text,
  lease_until timestamptz,
  epoch       bigint NOT NULL DEFAULT 0,
  cursor      jsonb,
  progress    jsonb,
  cost        jsonb,
  lag_ms      integer,
  seen_until  timestamptz,
  reconciled_at timestamptz,
  updated_at  timestamptz NOT NULL DEFAULT now()
);

-- Stretches of which not everything was seen. unseen = runs known to have ended in it that no record tells of; NULL = not known.
CREATE TABLE queuedeck.recording_gap (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source  text NOT NULL,
  queue   text,
  from_at timestamptz NOT NULL,
  to_at   timestamptz NOT NULL,
  unseen  integer,
  reason  text NOT NULL
);
CREATE INDEX recording_gap_at ON queuedeck.recording_gap (source, to_at);

-- Failures of one cause. scope_id: its figures (failed, failed_attempts). muted: until a time, or a total.
CREATE TABLE queuedeck.failure_group (
  id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source       text NOT NULL,
  fingerprint  bytea NOT NULL,
  title        text NOT NULL,
  message      text NOT NULL,
  frame        text,
  scope_id     integer NOT NULL,
  total        bigint NOT NULL DEFAULT 0,
  first_at     timestamptz NOT NULL,
  last_at      timestamptz NOT NULL,
  state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'muted', 'resolved')),
  muted_until  timestamptz,
  muted_above  bigint,
  resolved_at  timestamptz,
  regressed_at timestamptz,
  first_version text,
  note         text,
  by           text,
  changed_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE (source, fingerprint)
);
CREATE INDEX failure_group_last ON queuedeck.failure_group (source, last_at);

-- Where a group was met: jobs of which name, by which worker version ('' = not known).
CREATE TABLE queuedeck.failure_kind (
  group_id integer NOT NULL REFERENCES queuedeck.failure_group ON DELETE CASCADE,
  kind_id  integer NOT NULL,
  version  text NOT NULL DEFAULT '',
  total    bigint NOT NULL,
  last_at  timestamptz NOT NULL,
  PRIMARY KEY (group_id, kind_id, version)
);

-- Deploy marks. origin: 'api' or 'worker' (its own version changed).
CREATE TABLE queuedeck.deploy (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source  text,
  version text NOT NULL,
  origin  text NOT NULL,
  by      text,
  at      timestamptz NOT NULL
);
CREATE UNIQUE INDEX deploy_once ON queuedeck.deploy (coalesce(source, ''), version, origin, at);
CREATE INDEX deploy_at ON queuedeck.deploy (at);

-- Saved searches. source and queue: where it belongs; is_default: what that queue's list opens with.
CREATE TABLE queuedeck.view (
  id         uuid PRIMARY KEY,
  name       text NOT NULL,
  owner      text NOT NULL,
  is_shared  boolean NOT NULL,
  source     text,
  queue      text,
  is_default boolean NOT NULL DEFAULT false,
  q          text NOT NULL,
  sort       text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX view_name ON queuedeck.view (owner, coalesce(source, ''), coalesce(queue, ''), name);
CREATE UNIQUE INDEX view_default ON queuedeck.view (source, queue) WHERE is_default AND is_shared;
`,
};
