/** One line of the bench's table. A row without `reach` only informs. */
export interface BenchRow {
  name: string;
  /** The most that `value` may be; null where nothing was promised. */
  reach: number | null;
  /** The median, where `samples` were taken. */
  value: number;
  p95?: number;
  unit: string;
  /** The best peer's figure, in the same unit unless it says another. */
  peer: number | string | null;
  /** What the figure means, or why it could not be had. */
  note?: string;
}

/** A row whose measuring failed: shown as such, never as a figure. */
export const failedRow = (name: string, error: unknown): BenchRow => ({
  name,
  reach: null,
  value: Number.NaN,
  unit: '',
  peer: null,
  note: `not measured: ${error instanceof Error ? error.message : String(error)}`,
});

export const isMiss = (row: BenchRow): boolean => row.reach !== null && !(row.value <= row.reach);
