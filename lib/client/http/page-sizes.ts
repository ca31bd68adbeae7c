/** Shared by the server's first read and the browser's next ones: the same page, the same key. */
export const JOBS_PER_PAGE = 50;
export const LOG_LINES_PER_PAGE = 200;
export const OPERATIONS_PER_PAGE = 50;
