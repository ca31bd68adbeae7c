/** A queue of the fixture, and what is in it. */
export interface Place {
  source: string;
  queue: string;
  jobs: string[];
  schedulers: string[];
}

/** What exists, so that requests can be about something. Fixed before the first request: each follows from seed and place alone. */
export interface World {
  /** Of the web processes. */
  ports: number[];
  /** To look into, and to change jobs of. */
  places: Place[];
  /** To be drained, cleaned, obliterated and operated on: what empties queues must not empty the others. */
  scraps: Place[];
  tasks: string[];
  operations: string[];
  views: string[];
  groups: string[];
  binEntries: string[];
  workers: { source: string; id: string }[];
  /** Cursors that the product gave out, by the operation that gave them. */
  cursors: { operation: string; cursor: string }[];
  /** Paths of files that the pages load. */
  files: string[];
}

/** Operations that take all of a queue. */
export const SWEEPING = new Set([
  'queue.drain',
  'queue.clean',
  'queue.obliterate',
  'queue.remove-orphans',
  'queue.trim-events',
  'operation.create',
]);
