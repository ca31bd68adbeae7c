import type { EventLog } from '@/lib/live/event-log';
import { formatId, frameText, resetText } from '@/lib/live/frames';
import type { Latest } from '@/lib/live/latest';
import type { Audience } from '@/lib/live/send/audience';
import { coalesce } from '@/lib/live/send/coalesce';

export interface Sources {
  epoch: string;
  log: EventLog;
  latest: Latest;
}

export interface Span {
  /** Events after this; figures too, unless all of them are wanted. */
  from: number;
  to: number;
  allFigures: boolean;
}

/**
 * What an audience is sent for a span of sequences; '' = nothing; null = more than one flush may carry.
 *
 * Order makes a broken flush harmless: figures go first under the span's first id, events follow under their own. Whoever
 * returns with an id from the middle gets the later events, and perhaps figures once more.
 */
export function composeFlush({ epoch, log, latest }: Sources, audience: Audience, span: Span): string | null {
  const events = coalesce(log.since(audience.channels, span.from).filter((event) => event.seq <= span.to));
  if (events === null) return null;
  const figures = composeFigures(latest, audience, span.allFigures ? -1 : span.from);
  let text = '';
  figures.forEach((frame, i) => {
    const isLast = events.length === 0 && i === figures.length - 1;
    text += `id: ${formatId(epoch, isLast ? span.to : span.from)}\n${frame}`;
  });
  for (const event of events) text += `id: ${formatId(epoch, event.seq)}\n${event.text}`;
  return text;
}

/** For a reader who missed more than can be told: says so, and gives the latest figures. */
export function composeTooSlow({ epoch, latest }: Sources, audience: Audience, to: number): string {
  const frames = [resetText('too-slow'), ...composeFigures(latest, audience, -1)];
  return frames.map((frame) => `id: ${formatId(epoch, to)}\n${frame}`).join('');
}

function composeFigures(latest: Latest, audience: Audience, seq: number): string[] {
  const frames: string[] = [];
  for (const [source, scope] of audience.scopes) {
    const counts = latest.countsSince(source, scope, seq);
    if (counts !== null) frames.push(frameText('counts', counts));
    const workers = audience.hasOverview ? latest.workersSince(source, seq) : null;
    if (workers !== null) frames.push(frameText('worker', workers));
  }
  return frames;
}
