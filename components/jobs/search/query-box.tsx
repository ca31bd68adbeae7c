'use client';

import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { QueryFault } from '@/components/jobs/search/query-fault';
import { SuggestionList } from '@/components/jobs/search/suggestion-list';
import { useSettled } from '@/components/ui/use-settled';
import { useSuggestions } from '@/lib/client/search';
import type { Suggestions } from '@/lib/contracts/search';

interface QueryBoxProps {
  /** What is being asked now. */
  value: string;
  onAsk: (q: string) => void;
  /** Shown while it is empty. */
  placeholder: string;
  /** The queue whose list it narrows: its names and values come first. */
  of?: { source: string; queue: string };
}

const SETTLE_MS = 120;

/**
 * One line of the query language. Suggestions are for the word at the caret: arrows choose, Enter or Tab takes one; Enter without a
 * choice asks. A query that cannot be read says where, and is not asked.
 */
export function QueryBox({ value, onAsk, placeholder, of }: QueryBoxProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [caret, setCaret] = useState(value.length);
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const settled = useSettled(text, SETTLE_MS);
  const { data } = useSuggestions(settled, Math.min(caret, settled.length), open && settled === text, of);
  const items = open && data ? data.items : [];
  useEffect(() => setText(value), [value]);

  const take = (item: Suggestions['items'][number]) => {
    if (!data) return;
    // The list may be of a moment ago: what was typed since belongs to the word that it completes.
    const next = text.slice(0, data.from) + item.text + text.slice(Math.max(caret, data.from));
    const at = data.from + item.text.length;
    setText(next);
    setCaret(at);
    setChosen(-1);
    setOpen(item.kind === 'field');
    requestAnimationFrame(() => input.current?.setSelectionRange(at, at));
  };
  const ask = () => {
    setOpen(false);
    setChosen(-1);
    onAsk(text.trim());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const item = items[chosen];
    if (event.key === 'ArrowDown' && items.length > 0) setChosen((chosen + 1) % items.length);
    else if (event.key === 'ArrowDown') setOpen(true);
    else if (event.key === 'ArrowUp' && items.length > 0) setChosen((chosen <= 0 ? items.length : chosen) - 1);
    else if (event.key === 'Enter' && !item) ask();
    else if ((event.key === 'Enter' || event.key === 'Tab') && item) take(item);
    else if (event.key === 'Escape' && open) setOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="query-box">
      <input
        ref={input}
        className="input mono"
        role="combobox"
        aria-label="Search jobs"
        aria-expanded={items.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={chosen >= 0 ? `${id}-${chosen}` : undefined}
        aria-describedby={`${id}-fault`}
        placeholder={placeholder}
        maxLength={2000}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={text}
        data-query
        onChange={(event) => {
          setText(event.currentTarget.value);
          setCaret(event.currentTarget.selectionStart ?? event.currentTarget.value.length);
          setOpen(true);
          setChosen(-1);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      <SuggestionList id={id} items={items} chosen={chosen} onTake={take} />
      <QueryFault id={`${id}-fault`} text={text} />
    </div>
  );
}
