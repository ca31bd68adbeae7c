import type { QueueBackend } from '@/lib/backends/backend';
import type { SourceInspection } from '@/lib/backends/inspection';
import { CodedError } from '@/lib/contracts/errors';

const KEPT_MS = 10_000;

const kept = new WeakMap<QueueBackend, { at: number; reading: Promise<SourceInspection> }>();

/** At most 10 s old, however many ask; null where the backend cannot, or went away meanwhile. */
export async function inspectSource(backend: QueueBackend): Promise<SourceInspection | null> {
  if (!backend.inspect) return null;
  const known = kept.get(backend);
  const reading = known && Date.now() - known.at < KEPT_MS ? known.reading : backend.inspect();
  if (reading !== known?.reading) kept.set(backend, { at: Date.now(), reading });
  try {
    return await reading;
  } catch (error) {
    kept.delete(backend);
    if (error instanceof CodedError) return null;
    throw error;
  }
}
