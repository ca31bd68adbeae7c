import { mayDo } from '@/lib/auth/permissions';
import type { SearchSort } from '@/lib/contracts/search';
import type { SavedView } from '@/lib/contracts/views';
import type { Ask } from '@/lib/verbs';

export interface ViewRow {
  id: string;
  name: string;
  owner: string;
  is_shared: boolean;
  source: string | null;
  queue: string | null;
  is_default: boolean;
  q: string;
  sort: SearchSort;
}

export const VIEW_COLUMNS = 'id, name, owner, is_shared, source, queue, is_default, q, sort';

/** A view is changed by its owner. */
export function toView(ask: Ask, row: ViewRow, count: SavedView['count']): SavedView {
  const changes = (['view.replace', 'view.remove'] as const).filter((verb) => mayDo(ask.actor, verb));
  return {
    id: row.id,
    name: row.name,
    owner: row.owner,
    shared: row.is_shared,
    source: row.source,
    queue: row.queue,
    isDefault: row.is_default,
    q: row.q,
    sort: row.sort,
    count,
    can: row.owner === ask.actor.name && !ask.env.readOnly ? changes : [],
  };
}
