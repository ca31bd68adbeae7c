export const pauseNotes = {
  name: '0080-pause-notes',
  sql: `
-- Who paused a queue here, and why: the broker keeps neither. A row is true until the recorder reads that the queue was resumed, or cannot
-- tell; then it goes. event_at (broker's epoch ms) and event_seq: place of the broker's own event; NULL = being paused, or given up.
-- end_at, end_seq: the last resume that was read before it was known by which event it was paused.
CREATE TABLE queuedeck.pause_note (
  id          uuid PRIMARY KEY,
  source      text NOT NULL,
  queue       text NOT NULL,
  by          text NOT NULL,
  reason      text,
  at          timestamptz NOT NULL DEFAULT now(),
  event_at    double precision,
  event_seq   double precision,
  end_at      double precision,
  end_seq     double precision
);
CREATE INDEX pause_note_queue ON queuedeck.pause_note (source, queue);
`,
};
