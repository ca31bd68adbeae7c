/** More jobs than this are not taken out with their parent: on Redis walking the tree takes ~2 µs each. */
export const TREE_LIMIT = 2_000;

export const tooManyJobs = (jobs: number): string =>
  `${jobs} jobs hang on it, and ${TREE_LIMIT} go at most: remove its unprocessed children first, or remove it without them.`;

/** Why the children of a job stay that hangs on itself. */
export const RING = 'It is a descendant of its own, and would go with its children: remove it as a whole.';
