import { CodedError } from '@/lib/contracts/errors';
import { type Node, QueryFault } from '@/lib/contracts/query/ast';
import { parseQuery } from '@/lib/contracts/query/parse';

/** Throws validation_failed with what was expected and where. */
export function readQuery(q: string): Node | null {
  try {
    return parseQuery(q);
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    throw new CodedError('validation_failed', `q: ${error.message}.`, {
      errors: [{ path: 'q', message: error.message }],
    });
  }
}
