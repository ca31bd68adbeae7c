import { type AttemptDetail, MAX_DETAIL_ATTEMPTS } from '@/lib/store/history/detail';
import type { JobRecord } from './job-record';

const ERROR_CHARS = 300;

/**
 * Puts an ended attempt on the list. A job of one attempt has no list: its row says it all, until a second one ends; then the first
 * is made of what the row said. The first and the newest are kept.
 */
export function noteAttempt(record: JobRecord, at: number, runMs: number | null, error: string | null): void {
  const { detail } = record;
  const attempt: AttemptDetail = {
    ...(record.startedAt !== null ? { s: record.startedAt } : {}),
    e: at,
    ...(detail.lastWait !== undefined ? { w: detail.lastWait } : {}),
    ...(runMs !== null ? { r: runMs } : {}),
    ...(record.worker !== null ? { k: record.worker } : {}),
    ...(error !== null ? { x: error.slice(0, ERROR_CHARS) } : {}),
  };
  detail.lastWait = undefined;
  const list = [...(detail.attempts ?? (detail.only ? [detail.only] : [])), attempt];
  if (list.length === 1) {
    detail.only = attempt;
    return;
  }
  detail.only = undefined;
  if (list.length > MAX_DETAIL_ATTEMPTS) {
    list.splice(1, 1);
    detail.more = (detail.more ?? 0) + 1;
  }
  detail.attempts = list;
}
