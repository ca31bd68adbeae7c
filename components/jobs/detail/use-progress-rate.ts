import { useState } from 'react';
import { addSample, measureRate, type Progress, type ProgressSample, readProgress } from '@/components/jobs/progress';
import type { JobAddress } from '@/lib/client/jobs';
import { useFrames } from '@/lib/client/live/use-live';

/** Units per second from the frames that came; before there are two, from the attempt's start, as an estimate. */
export function useProgressRate(
  { source, queue, job }: JobAddress,
  progress: Progress | null,
  startedAt: string | null,
  nowMs: number,
) {
  const [samples, setSamples] = useState<ProgressSample[]>([]);
  useFrames(({ event, data }) => {
    if (
      event !== 'job' ||
      data.type !== 'progress' ||
      data.id !== job ||
      data.queue !== queue ||
      data.source !== source
    )
      return;
    const done = readProgress(data.progress)?.done;
    if (done != null) setSamples((known) => addSample(known, { atMs: Date.parse(data.at), done }));
  });
  const measured = measureRate(samples);
  if (measured !== null) return { perSecond: measured, isEstimate: false };
  const ranMs = startedAt ? nowMs - Date.parse(startedAt) : 0;
  if (!progress?.done || ranMs < 1000) return null;
  return { perSecond: (progress.done / ranMs) * 1000, isEstimate: true };
}
