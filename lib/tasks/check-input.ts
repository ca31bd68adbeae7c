import { CodedError } from '@/lib/contracts/errors';
import { describeErrors, fieldErrors } from '@/lib/contracts/parse-input';
import type { Definition } from './definitions';

/**
 * Refuses an input that does not fit the task's schema, each field named under `at`. What the caller sent goes on as it is:
 * defaults are the worker's to fill, since its schema may be newer.
 */
export function checkTaskInput({ input }: Definition, value: unknown, at: string): void {
  const parsed = input.safeParse(value);
  if (parsed.success) return;
  const errors = fieldErrors(parsed.error.issues, [at]);
  throw new CodedError('validation_failed', describeErrors(errors), { errors });
}
