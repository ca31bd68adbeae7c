/** A query as it was understood. `at`: where it stands in the text, in UTF-16 units. */
export type Node =
  | { kind: 'and'; items: Node[] }
  | { kind: 'or'; items: Node[] }
  | { kind: 'not'; item: Node }
  | { kind: 'text'; text: string; at: Span }
  | { kind: 'term'; field: FieldName; path: string | null; values: Value[]; at: Span };

export type Span = readonly [from: number, to: number];

/** One of a term's values: any of them will do. */
export type Value =
  | { op: 'is'; text: string; quoted: boolean }
  | { op: '<' | '<=' | '>' | '>='; text: string }
  | { op: '..'; from: string; to: string };

export type FieldKind = 'text' | 'state' | 'number' | 'duration' | 'time' | 'flag' | 'data';
export type FieldName = keyof typeof FIELDS;

/** What can be asked of a job, in the order of suggestion. */
export const FIELDS = {
  name: { kind: 'text', hint: 'of the job; * stands for anything' },
  state: { kind: 'state', hint: 'waiting, active, failed …' },
  queue: { kind: 'text', hint: 'by name; * stands for anything' },
  error: { kind: 'text', hint: 'text of its failure' },
  data: { kind: 'data', hint: 'data.path:value, or text anywhere in it' },
  id: { kind: 'text', hint: 'of the job' },
  added: { kind: 'time', hint: '<1h, 2026-11-22, from..to' },
  started: { kind: 'time', hint: 'its last attempt' },
  finished: { kind: 'time', hint: 'completed or failed' },
  failed: { kind: 'time', hint: 'failed at that time' },
  completed: { kind: 'time', hint: 'completed at that time' },
  attempts: { kind: 'number', hint: 'made so far: >3' },
  wait: { kind: 'duration', hint: 'before its first attempt: >30s' },
  run: { kind: 'duration', hint: 'of its last attempt: >5s' },
  worker: { kind: 'text', hint: 'that ran it last' },
  source: { kind: 'text', hint: 'the broker' },
  group: { kind: 'number', hint: 'of failures, by its number' },
  size: { kind: 'number', hint: 'of the data, in bytes' },
  cancelled: { kind: 'flag', hint: 'yes or no' },
  broker: { kind: 'flag', hint: 'still there: yes or no' },
} as const satisfies Record<string, { kind: FieldKind; hint: string }>;

export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];

export const BOUNDS = { chars: 2_000, terms: 50, depth: 20, values: 50, valueChars: 500, pathChars: 200 } as const;

/** A query that cannot be read: what was expected, and where. */
export class QueryFault extends Error {
  constructor(
    readonly expected: string,
    readonly at: Span,
  ) {
    super(`${expected} (at character ${at[0] + 1})`);
    this.name = 'QueryFault';
  }
}
