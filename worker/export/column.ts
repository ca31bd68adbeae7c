/** `text` is the user's own words (never read as a formula), `money` is in cents, `time` is epoch milliseconds. */
export type CellKind = 'text' | 'integer' | 'money' | 'time';

export interface Column {
  title: string;
  kind: CellKind;
  /** In characters, for the sheet. */
  width: number;
}

/** One value per column; null is an empty cell. */
export type Row = readonly (string | number | null)[];
