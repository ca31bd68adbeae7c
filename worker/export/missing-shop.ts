import { PermanentError } from '@/worker/define-task';

/** SQLSTATEs: no such schema, no such table. */
const MISSING = new Set(['3F000', '42P01']);

/** Runs a reader of schema `shop`; where the store has no shop, no retry will bring one. */
export async function explainMissingShop<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!MISSING.has((error as { code?: string }).code ?? '')) throw error;
    throw new PermanentError(
      'no_shop',
      'The store has no schema "shop": only the embedded default brings the demo shop.',
    );
  }
}
