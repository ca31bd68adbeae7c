export const LINE_PX = 20;
const OVERSCAN = 20;

/** The lines to draw for a scroll position: those in view and a few around. `to` is exclusive. */
export function windowLines(total: number, scrollTopPx: number, heightPx: number): { from: number; to: number } {
  const from = Math.max(0, Math.floor(scrollTopPx / LINE_PX) - OVERSCAN);
  const to = Math.min(total, Math.ceil((scrollTopPx + heightPx) / LINE_PX) + OVERSCAN);
  return { from: Math.min(from, Math.max(0, total - 1)), to };
}

const TIMED = /^\[?(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z)\]?\s+(.*)$/s;

/** Lines that begin with an ISO time show it as a clock. */
export function splitLogLine(line: string): { at: string | null; text: string } {
  const match = TIMED.exec(line);
  return match ? { at: match[1] ?? null, text: match[2] ?? '' } : { at: null, text: line };
}
