'use client';

import {
  type ComponentType,
  type KeyboardEvent,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { PALETTE_ID } from '@/components/shell/palette/early-palette';
import { MOST_TYPED } from '@/components/shell/palette/looks';
import type { PaletteListProps } from '@/components/shell/palette/palette-list';
import { Button } from '@/components/ui/button';

const loadList = () => import('@/components/shell/palette/palette-list');
/** As soon as someone reaches for it; what fails is told when it is opened. */
export const reachForPalette = () => void loadList().catch(() => undefined);

interface PaletteProps extends Pick<PaletteListProps, 'onHelp' | 'onPause'> {
  isOpen: boolean;
  /** It stands open without being asked for: somebody pressed its key before the page was alive. */
  onOpened: () => void;
  onClose: () => void;
}

/**
 * Find, go to, or do. The dialog and its input are in the page from the start, so that what is typed after the key press that opens
 * it goes into an input, whatever has loaded; the list under it comes when it is first wanted.
 */
export function Palette({ isOpen, onOpened, onClose, onHelp, onPause }: PaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const root = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState<string | undefined>();
  const [isEarly, setEarly] = useState(false);
  const { List, hasFailed, retry } = useList(isOpen);
  const greet = useEffectEvent(() => {
    if (!dialog.current || !input.current) return;
    dialog.current.dataset.alive = '';
    if (!dialog.current.open) return;
    setTyped(input.current.value);
    onOpened();
  });
  useLayoutEffect(() => greet(), []);
  useLayoutEffect(() => {
    const [box, field] = [dialog.current, input.current];
    if (!isOpen || !box || !field) return;
    if (!box.open) box.showModal();
    field.focus();
    return () => {
      // Gives the focus back to where it was.
      box.close();
      field.value = '';
      setTyped('');
      setActive(undefined);
      setEarly(false);
    };
  }, [isOpen]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !root.current) {
      event.preventDefault();
      setEarly(true);
    } else if (root.current && steers(event) && !handOn(root.current, event)) event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      id={PALETTE_ID}
      className="dialog palette"
      aria-label="Find, go to or do"
      suppressHydrationWarning
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label="Find, go to or do"
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls="palette-list"
        aria-activedescendant={active}
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        maxLength={MOST_TYPED}
        placeholder="A job’s id, an error, a queue, a page, something to do…"
        className="h-11 flex-none border-line border-b bg-transparent px-4 outline-none placeholder:text-ink-3"
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setEarly(false);
        }}
        onKeyDown={onKeyDown}
      />
      <div id="palette-list" className="flex min-h-0 flex-col">
        {isOpen && List && (
          <List typed={typed} rootRef={root} onActive={setActive} onClose={onClose} onHelp={onHelp} onPause={onPause} />
        )}
        {isOpen && !List && (
          <p role="status" className="muted m-0 flex items-center gap-3 px-4 py-3">
            {hasFailed
              ? 'The list could not be loaded.'
              : isEarly
                ? 'Still loading: press Enter again when the list is here.'
                : 'Loading…'}
            {hasFailed && (
              <Button small onClick={retry}>
                Try again
              </Button>
            )}
          </p>
        )}
      </div>
    </dialog>
  );
}

/** Keys that move in the list or choose from it; all others are the input's. */
function steers({ key, ctrlKey }: KeyboardEvent): boolean {
  return key === 'Enter' || key === 'ArrowDown' || key === 'ArrowUp' || (ctrlKey && 'npjk'.includes(key));
}

/** To the list, which listens on its own root. False when it took the key. */
function handOn(root: HTMLElement, { key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return root.dispatchEvent(
    new window.KeyboardEvent('keydown', { key, ctrlKey, metaKey, altKey, bubbles: true, cancelable: true }),
  );
}

function useList(isWanted: boolean) {
  const [List, setList] = useState<ComponentType<PaletteListProps> | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const load = () => {
    setFailed(false);
    loadList().then(
      (file) => setList(() => file.PaletteList),
      () => setFailed(true),
    );
  };
  const loadOnce = useEffectEvent(() => {
    if (!List) load();
  });
  useEffect(() => {
    if (isWanted) loadOnce();
  }, [isWanted]);
  return { List, hasFailed, retry: load };
}
