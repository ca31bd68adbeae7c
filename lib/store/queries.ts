import type pg from 'pg';

/** Whatever answers a parameterised query with its rows: a store, or one turn in a lane of it. */
export interface Queries {
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
}
