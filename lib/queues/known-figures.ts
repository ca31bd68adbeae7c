import type { QueueBackend } from '@/lib/backends/backend';
import { CodedError } from '@/lib/contracts/errors';
import { type SourceFigures, sharedSnapshot } from '@/lib/queues/snapshot';

/** Figures that were read at least once. */
export type KnownFigures = SourceFigures & { at: number };

/** The shared read's figures, the last known ones while the broker is away; 503 when none were ever read. */
export async function readKnownFigures(backend: QueueBackend): Promise<KnownFigures> {
  const figures = await sharedSnapshot(backend).figures();
  if (figures.at !== null) return { ...figures, at: figures.at };
  const code = figures.status === 'restricted' ? 'broker_refused' : 'broker_unavailable';
  throw new CodedError(code, figures.reason ?? `Source "${backend.name}" has not answered yet.`);
}
