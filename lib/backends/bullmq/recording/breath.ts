const SHORT_MS = 250;
const LONG_MS = 500;
const MANY = 100;
/** At so many a half-second would come near to what a stream keeps (10,000). */
const TOO_MANY = 1_500;

/**
 * How long to wait after a batch of so many events before the next read, ms: a short job's whole life is then in one batch, which is
 * read and written once.
 */
export const breathAfter = (events: number): number =>
  events === 0 ? 0 : events >= MANY && events < TOO_MANY ? LONG_MS : SHORT_MS;
