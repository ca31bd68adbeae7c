import { useEffect, useEffectEvent } from 'react';
import { NAV_ITEMS } from '@/components/shell/nav/nav-items';

export const SHORTCUTS: { keys: string[]; does: string; where: 'everywhere' | 'in a list of jobs' }[] = [
  { keys: ['⌘K', 'Ctrl K', '/'], does: 'Find a job or an error, go anywhere, do anything', where: 'everywhere' },
  ...NAV_ITEMS.map(({ key, label }) => ({ keys: ['g', key], does: label, where: 'everywhere' as const })),
  { keys: ['?'], does: 'This list', where: 'everywhere' },
  { keys: ['j', 'k'], does: 'Next, previous job', where: 'in a list of jobs' },
  { keys: ['x'], does: 'Select', where: 'in a list of jobs' },
  { keys: ['Enter'], does: 'Open', where: 'in a list of jobs' },
  { keys: ['r'], does: 'Retry, once you say so', where: 'in a list of jobs' },
];

/** True where typing means text, or a dialog has the floor. */
function isTaken(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return true;
  if (document.querySelector('dialog[open]')) return true;
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.type !== 'checkbox';
  return target.isContentEditable || target.matches('textarea, select');
}

/**
 * Single keys, for whoever is not typing. The handler says whether it took the key. One that is held down comes again and again
 * (`event.repeat`): what changes something must not.
 */
export function useKeys(handle: (key: string, event: KeyboardEvent) => boolean): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!isTaken(event) && handle(event.key, event)) event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);
}
