export const flowFailures = {
  name: '0070-flow-failures',
  sql: `
-- Jobs of flows that stand as failed in their broker: written with the record of the job, gone when it is retried, removed or pruned.
--   job_key, root_key  see jobKey in lib/store/history/scope-key.ts; the root of a job without a parent is itself
--   job, root          JSON text: [queue, id, name] and [queue, id]; names have no bound
--   added_at           as in queuedeck.job, with whose partitions it goes
CREATE TABLE queuedeck.flow_failure (
  job_key   bytea PRIMARY KEY,
  root_key  bytea NOT NULL,
  source    text NOT NULL,
  failed_ms bigint NOT NULL,
  added_at  timestamptz NOT NULL,
  job       text NOT NULL,
  root      text NOT NULL
);
CREATE INDEX flow_failure_root ON queuedeck.flow_failure (source, root_key, failed_ms);
CREATE INDEX flow_failure_added ON queuedeck.flow_failure (added_at);

-- Since when flow_failure is written; NULL = since the record began.
ALTER TABLE queuedeck.recorder ADD COLUMN flows_since timestamptz;
UPDATE queuedeck.recorder SET flows_since = now() WHERE cursor IS NOT NULL;
`,
};
