export const effectOfRun = {
  name: '0051-effect-of-run',
  sql: `
-- A completed job that is retried is asked for once more: its effects belong to that run ('' = the first).
ALTER TABLE queuedeck.effect ADD COLUMN run text NOT NULL DEFAULT '';
ALTER TABLE queuedeck.effect DROP CONSTRAINT effect_pkey;
ALTER TABLE queuedeck.effect ADD PRIMARY KEY (source, queue, job, added_at_ms, run, key);
`,
};
