import type { ErrorCode } from '@/lib/contracts/errors';
import { type Call, makeCall } from '../call';
import { RawJson, writeJson } from '../making/json-writer';

/** The smallest input of a kind of fault, and what it must be answered with. */
export interface FixedCase {
  name: string;
  call: Call;
  status: number;
  code?: ErrorCode;
  /** Somewhere in the answer: the field, the bound. */
  says?: string;
}

export const NUL = '\u0000';
export const HALF = '\ud800';
export const nested = (levels: number) => new RawJson('['.repeat(levels) + ']'.repeat(levels));

export function get(
  target: string,
  status: number,
  more: Partial<FixedCase> & { headers?: Call['headers'] } = {},
): FixedCase {
  const { headers = [], ...rest } = more;
  return { name: `GET ${target.slice(0, 80)}`, call: makeCall('fixed', 'GET', target, { headers }), status, ...rest };
}

export function send(method: string, path: string, body: unknown, status: number, says?: string): FixedCase {
  const text = writeJson(body);
  const headers: Call['headers'] = [['content-type', 'application/json']];
  const call = makeCall('fixed', method, `/api/v1${path}`, { headers, body: Buffer.from(text) });
  return {
    ...{ name: `${method} ${path.slice(0, 60)} ${text.slice(0, 60)}`, call, status },
    ...(status === 422 ? { code: 'validation_failed' as const } : {}),
    ...(says === undefined ? {} : { says }),
  };
}

export function upload(text: string, status: number, says: string): FixedCase {
  const headers: Call['headers'] = [['content-type', 'application/x-ndjson']];
  const target = '/api/v1/tasks/send-welcome-email/import?dryRun=1';
  return {
    name: `import of ${text.slice(0, 40)}`,
    call: makeCall('fixed', 'POST', target, { headers, body: Buffer.from(text) }),
    status,
    says,
  };
}
