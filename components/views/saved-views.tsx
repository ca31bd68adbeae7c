'use client';

import { lazy, Suspense, useState } from 'react';
import { Button } from '@/components/ui/button';
import { DialogComing } from '@/components/ui/dialog-coming';
import { Menu } from '@/components/ui/menu';
import { showToast } from '@/components/ui/toast/toast-store';
import { Visible } from '@/components/ui/visible';
import { describeError } from '@/lib/client/http/problem-error';
import { useViewChanges, useViews } from '@/lib/client/views';
import type { SearchSort } from '@/lib/contracts/search';
import type { SavedView } from '@/lib/contracts/views';
import { formatCount } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

const SaveViewDialog = lazy(() =>
  import('@/components/views/save-view-dialog').then((file) => ({ default: file.SaveViewDialog })),
);

interface SavedViewsProps {
  q: string;
  sort: SearchSort;
  /** A queue's list; absent: the page of all jobs. */
  of?: { source: string; queue: string };
  onOpen: (q: string, sort: SearchSort) => void;
}

/** Searches that were kept, each with how many fit; the one that is shown is marked, and what is not kept yet can be. */
export function SavedViews({ q, sort, of, onOpen }: SavedViewsProps) {
  const { data } = useViews(of ?? null);
  const { remove } = useViewChanges();
  const [edited, setEdited] = useState<SavedView | 'new' | null>(null);
  const views = data?.items ?? [];
  const shown = views.find((view) => view.q === q && view.sort === sort);
  const drop = async (view: SavedView) => {
    try {
      await remove(view.id);
      showToast({ tone: 'done', title: `“${view.name}” is no longer kept` });
    } catch (error) {
      showToast({ tone: 'failed', title: `“${view.name}” was not removed`, detail: describeError(error) });
    }
  };
  if (views.length === 0 && q === '') return null;
  return (
    <div className="views">
      {views.length > 0 && (
        <nav className="views-list" aria-label="Saved views">
          {views.map((view) => (
            <a
              key={view.id}
              href={`?${new URLSearchParams({ q: view.q, sort: view.sort })}`}
              className="view"
              aria-current={view === shown ? 'true' : undefined}
              title={toVisible(`${view.q}${view.shared ? `, shared by ${view.owner}` : ''}`)}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
                event.preventDefault();
                onOpen(view.q, view.sort);
              }}
            >
              <span className="clip">
                <Visible text={view.name} />
              </span>
              {view.isDefault && <span className="tag">default</span>}
              {view.count && <span className="n">{formatCount(view.count.value, !view.count.exact)}</span>}
            </a>
          ))}
        </nav>
      )}
      {shown?.can.includes('view.replace') && (
        <Menu
          small
          label={`Change the view ${shown.name}`}
          items={[
            { id: 'edit', label: 'Rename or share…', onChoose: () => setEdited(shown) },
            { id: 'remove', label: 'Remove', danger: true, onChoose: () => void drop(shown) },
          ]}
        />
      )}
      {!shown && q !== '' && (
        <Button small look="ghost" onClick={() => setEdited('new')}>
          Save view
        </Button>
      )}
      <Suspense fallback={<DialogComing onClose={() => setEdited(null)} />}>
        {edited && (
          <SaveViewDialog
            q={q}
            sort={sort}
            of={of ?? null}
            view={edited === 'new' ? null : edited}
            onClose={() => setEdited(null)}
          />
        )}
      </Suspense>
    </div>
  );
}
