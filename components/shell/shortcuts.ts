import { useEffect, useEffectEvent } from 'react';

export const SHORTCUTS: { keys: string[]; does: string; where: 'everywhere' | 'in a list of jobs' }[] = [
  { keys: ['⌘K', 'Ctrl K'], does: 'Go to or do anything', where: 'everywhere' },
  { keys: ['/'], does: 'Find', where: 'everywhere' },
  { keys: ['g', 'o'], does: 'Overview', where: 'everywhere' },
  { keys: ['g', 'q'], does: 'Queues', where: 'everywhere' },
  { keys: ['g', 'w'], does: 'Workers', where: 'everywhere' },
  { keys: ['g', 's'], does: 'Schedulers', where: 'everywhere' },
  { keys: ['g', 'l'], does: 'Flows', where: 'everywhere' },
  { keys: ['g', 't'], does: 'Tasks', where: 'everywhere' },
  { keys: ['g', 'p'], does: 'Operations', where: 'everywhere' },
  { keys: ['g', 'a'], does: 'API', where: 'everywhere' },
  { keys: ['?'], does: 'This list', where: 'everywhere' },
  { keys: ['j', 'k'], does: 'Next, previous job', where: 'in a list of jobs' },
  { keys: ['x'], does: 'Select', where: 'in a list of jobs' },
  { keys: ['Enter'], does: 'Open', where: 'in a list of jobs' },
  { keys: ['r'], does: 'Retry', where: 'in a list of jobs' },
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

/** Single keys, for whoever is not typing. The handler says whether it took the key. */
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
