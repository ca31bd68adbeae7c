import { CodedError } from '@/lib/contracts/errors';
import { type Node, QueryFault, type Value } from '@/lib/contracts/query/ast';
import { parseQuery } from '@/lib/contracts/query/parse';

/** `queue`: of its jobs only. Throws validation_failed with what was expected and where. */
export function readQuery(q: string, queue?: string): Node | null {
  try {
    const node = parseQuery(q);
    if (queue === undefined) return node;
    const values: Value[] = [{ op: 'is', text: queue, quoted: true }];
    const own: Node = { kind: 'term', field: 'queue', path: null, values, at: [0, 0] };
    return node === null ? own : { kind: 'and', items: [own, node] };
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    throw new CodedError('validation_failed', `q: ${error.message}.`, {
      errors: [{ path: 'q', message: error.message }],
    });
  }
}
