import type { SourceStatus } from '@/lib/contracts/sources';

export const SOURCE_TONES = {
  up: 'completed',
  connecting: 'waiting',
  down: 'failed',
  incompatible: 'failed',
  restricted: 'failed',
} as const satisfies Record<SourceStatus, string>;

export const SOURCE_WORDS: Record<SourceStatus, string> = {
  up: 'Up',
  connecting: 'Connecting',
  down: 'Away',
  incompatible: 'Does not fit',
  restricted: 'Not allowed',
};

/** What of a source's figures can be read is nothing: it is away, or refuses to be read. */
export const isLost = (status: SourceStatus): boolean => status !== 'up' && status !== 'connecting';
