'use client';

import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';

const ServerNow = createContext(0);
const listeners = new Set<() => void>();
let nowMs = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  nowMs = Date.now();
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function read(): number {
  if (nowMs === 0 || !timer) nowMs = Date.now();
  return nowMs;
}

/** `at`: the server's clock when it rendered, so that the first paint in the browser reads the same ages. */
export function NowProvider({ at, children }: { at: number; children: ReactNode }) {
  return <ServerNow.Provider value={at}>{children}</ServerNow.Provider>;
}

/** The time in ms since the epoch, stepping once a second, together everywhere. */
export function useNow(): number {
  const atServer = useContext(ServerNow);
  return useSyncExternalStore(subscribe, read, () => atServer);
}

const never = () => () => {};

/** False on the server and in the first paint: what depends on the reader's zone or machine waits for true. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}

/** This page's origin, for commands to copy; a plausible one until it is known. */
export function useOrigin(): string {
  return useHydrated() ? window.location.origin : 'http://127.0.0.1:3000';
}
