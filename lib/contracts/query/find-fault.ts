import { QueryFault } from './ast';
import { parseQuery } from './parse';

/** What is wrong with a query; null = it can be read. */
export function findFault(text: string): QueryFault | null {
  try {
    parseQuery(text);
    return null;
  } catch (error) {
    if (error instanceof QueryFault) return error;
    throw error;
  }
}
