'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { useHydrated } from '@/components/ui/now';
import type { useParams } from '@/components/ui/use-param';
import { hasFilter, type ListFilter, SPANS, timeFieldOf } from '@/lib/client/job-filter';
import type { JobState } from '@/lib/contracts/states';

interface FilterBarProps {
  state: JobState;
  filter: ListFilter;
  go: ReturnType<typeof useParams>['follow'];
  hrefWith: ReturnType<typeof useParams>['hrefWith'];
}

const NONE = { name: null, error: null, since: null, until: null, at: null, page: null };

/** Narrows the list by name, error text and time; the address holds it, so that a link shows the same. */
export function FilterBar({ state, filter, go, hrefWith }: FilterBarProps) {
  const [name, setName] = useState(filter.name);
  const [error, setError] = useState(filter.error);
  const hydrated = useHydrated();
  const isEnded = state === 'failed' || state === 'completed';
  const apply = (changes: Partial<ListFilter>) => {
    const next = { ...filter, name: name.trim(), error: error.trim(), ...changes };
    go(hrefWith({ ...NONE, ...Object.fromEntries(Object.entries(next).map(([key, value]) => [key, value || null])) }));
  };
  const isSpan = filter.since === '' || SPANS.some(({ value }) => value === filter.since);
  return (
    // biome-ignore lint/a11y/useSemanticElements: <search> is not known to every screen reader yet
    <form
      className="filterbar"
      role="search"
      aria-label="Filter these jobs"
      onSubmit={(event) => {
        event.preventDefault();
        apply({});
      }}
    >
      <input
        className="input grow"
        aria-label="Name is (several by commas)"
        placeholder="Name"
        maxLength={1000}
        autoComplete="off"
        spellCheck={false}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {(state === 'failed' || error) && (
        <input
          className="input grow"
          aria-label="Error has"
          placeholder="Text in the error"
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          value={error}
          onChange={(event) => setError(event.currentTarget.value)}
        />
      )}
      <select
        className="input"
        aria-label={timeFieldOf(state) === 'finished' ? 'Ended' : 'Added'}
        value={isSpan ? filter.since : 'from'}
        onChange={(event) => {
          const { value } = event.currentTarget;
          apply(
            value === 'from' ? { since: new Date(Date.now() - 3_600_000).toISOString() } : { since: value, until: '' },
          );
        }}
      >
        <option value="">{isEnded ? 'Ended at any time' : 'Added at any time'}</option>
        {SPANS.map(({ value, label }) => (
          <option key={value} value={value}>
            {isEnded ? 'Ended' : 'Added'} in the {label}
          </option>
        ))}
        <option value="from">From … until …</option>
      </select>
      {!isSpan && hydrated && (
        <>
          <TimeInput label="From" value={filter.since} onChange={(since) => apply({ since })} />
          <TimeInput label="Until" value={filter.until} onChange={(until) => apply({ until })} />
        </>
      )}
      <Button type="submit" small className="h-[30px]">
        Filter
      </Button>
      {hasFilter(filter) && (
        <Button
          small
          look="ghost"
          className="h-[30px]"
          onClick={() => {
            setName('');
            setError('');
            go(hrefWith(NONE));
          }}
        >
          Clear
        </Button>
      )}
    </form>
  );
}

interface TimeInputProps {
  label: string;
  value: string;
  onChange: (iso: string) => void;
}

/** In the reader's zone. */
function TimeInput({ label, value, onChange }: TimeInputProps) {
  const at = new Date(value);
  const local = Number.isNaN(at.getTime())
    ? ''
    : new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  return (
    <input
      type="datetime-local"
      className="input tnum"
      aria-label={label}
      value={local}
      onChange={(event) => {
        const next = new Date(event.currentTarget.value);
        onChange(Number.isNaN(next.getTime()) ? '' : next.toISOString());
      }}
    />
  );
}
