/** A recorder writes each second, whatever happens: one that is silent for longer falls behind. */
const BEAT_MS = 3_000;

/** Of a row of `queuedeck.recorder`: how far the record is behind its broker now, ms; null = nothing was recorded yet. */
export const LAG_MS = `CASE WHEN cursor IS NOT NULL
  THEN (coalesce(lag_ms, 0) + greatest(0, extract(epoch FROM clock_timestamp() - updated_at) * 1000 - ${BEAT_MS}))::float8 END`;
