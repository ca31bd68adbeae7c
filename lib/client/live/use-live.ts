'use client';

import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import { getConnection } from '@/lib/client/browser';
import type { LiveStatus, SeenFrame } from '@/lib/client/live/stream';

const START: LiveStatus = { phase: 'connecting', liveUntilMs: null };

/** Keeps topics on the live stream while the caller is mounted. */
export function useTopic(topic: string): void {
  useEffect(() => getConnection().watch([topic]), [topic]);
}

/** Hears every frame, after the cache was patched by it. */
export function useFrames(listener: (frame: SeenFrame) => void): void {
  const onFrame = useEffectEvent(listener);
  useEffect(() => getConnection().onFrame((frame) => onFrame(frame)), []);
}

export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(
    (changed) => getConnection().onStatus(changed),
    () => getConnection().readStatus(),
    () => START,
  );
}
