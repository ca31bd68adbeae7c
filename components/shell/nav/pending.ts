/** The page that was asked for and has not come yet; the shell draws its skeleton meanwhile. */
let pendingHref: string | null = null;
const listeners = new Set<() => void>();

export function setPendingHref(href: string | null): void {
  if (href === pendingHref) return;
  pendingHref = href;
  for (const listener of listeners) listener();
}

export function subscribePending(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const readPendingHref = () => pendingHref;
