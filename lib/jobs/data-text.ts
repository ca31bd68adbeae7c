import { CodedError } from '@/lib/contracts/errors';
import { isDeeperThan, JSON_LEVELS } from '@/lib/json-depth';

/** New data as the JSON text that is stored; undefined = none was given. Throws validation_failed for text that is nested too deep. */
export function toDataText({ data, text }: { data?: unknown; text?: string | undefined }): string | undefined {
  if (text !== undefined && isDeeperThan(text)) {
    const message = `is nested deeper than ${JSON_LEVELS} levels`;
    throw new CodedError('validation_failed', `text: ${message}.`, { errors: [{ path: 'text', message }] });
  }
  return text ?? (data === undefined ? undefined : JSON.stringify(data));
}
