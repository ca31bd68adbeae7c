import type { IncomingMessage } from 'node:http';
import { guardRequest } from '@/lib/http/guard-request';
import { problemResponse } from '@/lib/http/problem';
import type { Handler } from '@/lib/http/route';

/** What answers a request that another site sent; null = it is none. Asked before Next, whose files, other methods and errors know no guard. */
export function refuseForeign({ headers, url }: IncomingMessage): Handler | null {
  const [pathname = ''] = url?.split('?', 1) ?? [];
  const door = pathname === '/metrics' || pathname.startsWith('/api/') ? 'api' : 'page';
  try {
    guardRequest({ get: (name) => [headers[name]].flat()[0] ?? null }, door);
    return null;
  } catch (error) {
    return async () => problemResponse(error, pathname);
  }
}
