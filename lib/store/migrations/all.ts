import { foundation } from './0001-foundation';

/** Forward only; a landed step is never edited. */
export const MIGRATIONS: readonly { name: string; sql: string }[] = [foundation];
