export const recordIsolation = {
  name: '0050-record-isolation',
  sql: `
-- Names and ids that a column or an index cannot hold stand there by their beginning and a digest; raw_* is the name itself, as JSON
-- text. NULL = it is the text that stands there. See lib/store/stored-name.ts.
ALTER TABLE queuedeck.job ADD COLUMN raw_id text;
ALTER TABLE queuedeck.scope ADD COLUMN raw_queue text;

-- What the recorder keeps of each queue of a source: written as it changes. key: of the queue's scope. name: as JSON text.
--   cursor   where the reading of its events goes on, opaque above the adapter; NULL = nothing of its own
--   last_id  the highest number among the ids that were seen added
--   counted  ranges of ids, [after, up to], that were counted, seen or not, when gaps were healed
--   ends_counted_at  until when (epoch ms) its ends were counted, seen or not
--   named    some of its jobs have ids of their own, which nobody counts
--   swept    what it held when it was met was read once
--   gap      a stretch that was not seen and is not healed yet; JSON, see lib/store/recording/marks.ts
CREATE TABLE queuedeck.recorder_queue (
  source   text NOT NULL,
  key      bytea NOT NULL,
  name     text NOT NULL,
  cursor   text,
  last_id  bigint,
  counted  json,
  ends_counted_at double precision,
  named    boolean NOT NULL DEFAULT false,
  swept    boolean NOT NULL DEFAULT false,
  gap      json,
  PRIMARY KEY (source, key)
) WITH (fillfactor = 70);

-- It stood in two JSON columns, which were written whole with each batch. What stays there may hold any name: json, not jsonb.
ALTER TABLE queuedeck.recorder ALTER COLUMN cursor TYPE json, ALTER COLUMN progress TYPE json;
INSERT INTO queuedeck.recorder_queue (source, key, name, cursor, last_id, swept, gap)
SELECT r.source, substring(sha256(convert_to('1' || chr(1) || r.source || chr(1) || q.name || chr(1), 'UTF8')) FROM 1 FOR 16),
       to_json(q.name)::text, r.cursor->>q.name, (r.progress->'ids'->>q.name)::bigint, coalesce(r.progress::jsonb->'swept' ? q.name, false),
       (SELECT json_build_object('row', NULL, 'fromMs', g->'fromMs', 'toMs', g->'toMs', 'lastId', g->'lastId', 'isGone', false, 'reason', 'events were trimmed before they were recorded')
          FROM json_array_elements(coalesce(r.progress->'gaps', '[]')) AS g WHERE g->>'queue' = q.name LIMIT 1)
  FROM queuedeck.recorder r
 CROSS JOIN LATERAL (
   SELECT key AS name FROM json_each_text(coalesce(r.cursor, '{}')) UNION SELECT key FROM json_each_text(coalesce(r.progress->'ids', '{}'))
    UNION SELECT value FROM json_array_elements_text(coalesce(r.progress->'swept', '[]'))
    UNION SELECT value->>'queue' FROM json_array_elements(coalesce(r.progress->'gaps', '[]'))
 ) q
 WHERE q.name <> '' ON CONFLICT DO NOTHING;
UPDATE queuedeck.recorder
   SET cursor = CASE WHEN cursor IS NOT NULL THEN json_build_object('', cursor->>'') END,
       progress = json_build_object('backfill', progress->'backfill');

-- What could not be recorded, so that the rest could: a job, or (job NULL) the events of a queue. sample: at most 4 KB of it.
CREATE TABLE queuedeck.set_aside (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source  text NOT NULL,
  queue   text NOT NULL,
  job     text,
  reason  text NOT NULL,
  sample  text,
  at      timestamptz NOT NULL DEFAULT now(),
  times   integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX set_aside_once ON queuedeck.set_aside (source, md5(queue), md5(coalesce(job, '')));
CREATE INDEX set_aside_at ON queuedeck.set_aside (source, at);
`,
};
