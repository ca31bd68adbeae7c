import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { keys } from '@/lib/client/query-keys';
import type { OperationFrame } from '@/lib/contracts/live';
import type { Operation, OperationList } from '@/lib/contracts/operations';

/** Patches an operation where it is shown. What may be done about it is not in the frame: it is asked for when the state changes. */
export function applyOperationFrame(client: QueryClient, { operation }: OperationFrame): void {
  const list = client.getQueryData<InfiniteData<OperationList>>(keys.operations());
  const shown = list?.pages.flatMap((page) => page.items).find(({ id }) => id === operation.id);
  const known = client.getQueryData<Operation>(keys.operation(operation.id));
  if (list && shown) {
    const patch = (one: Operation) => (one.id === operation.id ? { ...one, ...operation } : one);
    const pages = list.pages.map((page) => ({ ...page, items: page.items.map(patch) }));
    client.setQueryData(keys.operations(), { ...list, pages });
  }
  if (known) client.setQueryData<Operation>(keys.operation(operation.id), { ...known, ...operation });
  if (list && shown?.state !== operation.state) void client.invalidateQueries({ queryKey: keys.operations() });
  if (known && known.state !== operation.state)
    void client.invalidateQueries({ queryKey: keys.operation(operation.id) });
}
