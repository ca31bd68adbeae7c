import { useState } from 'react';

/**
 * While `isFrozen`: the rows that were there when it began, in their order, each as it is now. Nothing moves under an open
 * dialog; what came or left meanwhile shows when it closes.
 */
export function useFrozen<T extends { id: string }>(rows: T[], isFrozen: boolean): T[] {
  const [held, setHeld] = useState<T[] | null>(null);
  if (isFrozen && held === null) setHeld(rows);
  if (!isFrozen && held !== null) setHeld(null);
  return isFrozen && held ? keepPlaces(held, rows) : rows;
}

export function keepPlaces<T extends { id: string }>(held: T[], now: T[]): T[] {
  const byId = new Map(now.map((row) => [row.id, row]));
  return held.map((row) => byId.get(row.id) ?? row);
}
