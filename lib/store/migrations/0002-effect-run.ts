export const effectRun = {
  name: '0002-effect-run',
  sql: `
-- A job id can be used again after its job was removed: effects belong to the job that was added at that moment.
ALTER TABLE queuedeck.effect ADD COLUMN added_at_ms bigint NOT NULL DEFAULT 0;
ALTER TABLE queuedeck.effect DROP CONSTRAINT effect_pkey;
ALTER TABLE queuedeck.effect ADD PRIMARY KEY (source, queue, job, added_at_ms, key);
`,
};
