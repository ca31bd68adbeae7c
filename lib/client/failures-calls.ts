import type { FailuresAddress } from '@/lib/client/failures-address';
import { rangeBounds } from '@/lib/client/range';

/** The question that an address asks now. */
export const toFailuresCall = (address: FailuresAddress, nowMs: number) => ({
  state: address.state,
  sort: address.sort,
  text: address.text || undefined,
  ...address.of,
  ...rangeBounds(address, nowMs),
  limit: 50,
});
