/** Shared by the server's first read and the browser's next ones: the same page, the same key. */
export const JOBS_PER_PAGE = 50;
export const LOG_LINES_PER_PAGE = 200;
export const OPERATIONS_PER_PAGE = 50;
/** Children of a flow's job, a level at a time. */
export const CHILDREN_PER_PAGE = 100;
export const RUNS_SHOWN = 10;
