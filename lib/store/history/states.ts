import type { RecordedState } from '@/lib/contracts/search';

/** `queuedeck.job.state` as it is stored. */
export const STATE_CODES = {
  waiting: 0,
  active: 1,
  delayed: 2,
  prioritized: 3,
  'waiting-children': 4,
  completed: 5,
  failed: 6,
  /** Removed before it ended. */
  removed: 7,
  /** It ended, and how was not seen. */
  unseen: 8,
} as const satisfies Record<RecordedState, number>;

const NAMES = Object.entries(STATE_CODES).reduce<RecordedState[]>((names, [name, code]) => {
  names[code] = name as RecordedState;
  return names;
}, []);

export function stateOf(code: number): RecordedState {
  const name = NAMES[code];
  if (name === undefined) throw new Error(`no recorded state has the code ${code}`);
  return name;
}

/** It may still change by itself: not yet ended, removed or lost sight of. */
export function isOpen(state: RecordedState): boolean {
  return STATE_CODES[state] < STATE_CODES.completed;
}

/** `queuedeck.job.flags`, a bit each. */
export const FLAGS = {
  /** Gone from the broker. */
  gone: 1,
  cancelled: 2,
  /** Found by reconciliation, not seen as it happened. */
  reconciled: 4,
  /** Its data was gone before it could be read. */
  dataUnseen: 8,
} as const;

export function hasFlag(flags: number, flag: keyof typeof FLAGS): boolean {
  return (flags & FLAGS[flag]) !== 0;
}
