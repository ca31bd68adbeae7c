export interface Toast {
  id: number;
  tone: 'done' | 'failed' | 'plain';
  title: string;
  detail?: string | undefined;
  href?: string | undefined;
  hrefLabel?: string | undefined;
  /** Takes back what was done; the message goes with it. */
  onUndo?: (() => void) | undefined;
}

const NONE: Toast[] = [];
const MOST = 4;
let toasts = NONE;
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Shows a short message; the oldest gives way when there are many. */
export function showToast(toast: Omit<Toast, 'id'>): void {
  lastId += 1;
  set([...toasts, { ...toast, id: lastId }].slice(-MOST));
}

export function dropToast(id: number): void {
  set(toasts.filter((toast) => toast.id !== id));
}

export function subscribeToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const readToasts = () => toasts;
export const readNoToasts = () => NONE;
