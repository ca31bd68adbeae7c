/** The time left as a short note, from the pace so far: `12 s left`, `3 min left`; `finishing` once all rows are read. */
export function estimateLeft(done: number, total: number, elapsedMs: number): string {
  if (done >= total) return 'finishing';
  if (done === 0 || elapsedMs < 500) return 'estimating';
  const leftSeconds = Math.ceil(((total - done) * elapsedMs) / done / 1000);
  return leftSeconds < 90 ? `${leftSeconds} s left` : `${Math.round(leftSeconds / 60)} min left`;
}
