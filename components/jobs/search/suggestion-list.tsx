import { Visible } from '@/components/ui/visible';
import type { Suggestions } from '@/lib/contracts/search';

interface SuggestionListProps {
  /** Of the box: the parts are called by it. */
  id: string;
  items: Suggestions['items'];
  chosen: number;
  onTake: (item: Suggestions['items'][number]) => void;
}

/** Below the box; the focus stays in the box. */
export function SuggestionList({ id, items, chosen, onTake }: SuggestionListProps) {
  return (
    <div id={`${id}-list`} role="listbox" aria-label="Suggestions" className="suggestions" hidden={items.length === 0}>
      {items.map((item, at) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the box has the keys
        // biome-ignore lint/a11y/useFocusableInteractive: the box points at it by aria-activedescendant
        <div
          key={`${item.kind} ${item.text}`}
          id={`${id}-${at}`}
          role="option"
          aria-selected={at === chosen}
          className="suggestion"
          // Before the box loses the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onTake(item)}
        >
          <span className="mono clip">
            <Visible text={item.label} />
          </span>
          {item.hint && (
            <span className="faint clip ml-auto">
              <Visible text={item.hint} />
            </span>
          )}
        </div>
      ))}
    </div>
  );
}
