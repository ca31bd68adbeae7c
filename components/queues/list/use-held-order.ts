'use client';

import { useEffect, useEffectEvent, useState } from 'react';

/** How often a list follows its figures while no hand is on it. */
const FOLLOW_MS = 5_000;

interface HeldOrder<T> {
  items: T[];
  /** The figures would sort it otherwise by now. */
  isStale: boolean;
  hold(isHeld: boolean): void;
  /** Sorts it anew at once. */
  settle(): void;
}

/**
 * Keeps the order of a live list while a hand is on it: rows are patched in place. Otherwise it follows every five seconds, at once
 * when another order is asked for, and when something comes or goes. What comes meanwhile waits; what is gone goes.
 */
export function useHeldOrder<T>(fresh: readonly T[], keyOf: (item: T) => string, orderId: string): HeldOrder<T> {
  const keys = fresh.map(keyOf);
  const [shown, setShown] = useState({ orderId, keys });
  const [isHeld, setHeld] = useState(false);
  const hasOthers = !isHeld && !haveSame(shown.keys, keys);
  const isOther = shown.orderId !== orderId || hasOthers;
  if (isOther) setShown({ orderId, keys });
  const order = isOther ? keys : shown.keys;
  const settle = () => setShown({ orderId, keys });
  const follow = useEffectEvent(() => {
    if (!isHeld && !areEqual(shown.keys, keys)) settle();
  });
  useEffect(() => {
    const timer = setInterval(() => follow(), FOLLOW_MS);
    return () => clearInterval(timer);
  }, []);
  const byKey = new Map(fresh.map((item, i) => [keys[i], item]));
  return {
    items: order.flatMap((key) => byKey.get(key) ?? []),
    isStale: !areEqual(order, keys),
    hold: (next) => {
      setHeld(next);
      if (!next && isHeld) settle();
    },
    settle,
  };
}

const areEqual = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((key, i) => key === b[i]);

function haveSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  const known = new Set(a);
  return b.every((key) => known.has(key));
}
