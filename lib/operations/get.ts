import { query } from '@/lib/verbs';
import { present, readOperation } from './read';

export const getOperation = query('operation.get', async (ask, { operation }) =>
  present(ask, await readOperation(ask.store, operation)),
);
