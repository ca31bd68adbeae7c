/**
 * Begins the name of the connection that our own worker holds for each queue, so that another Queuedeck tells it from somebody
 * else's. It is there as long as the connection is; the beat, which says the same (`ours`), comes a moment later.
 */
export const OUR_MARK = 'queuedeck:';
