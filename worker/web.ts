import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import next from 'next';
import { EnvError, loadEnv } from '@/lib/env';
import { answerDirectly } from '@/lib/http/node-adapter';
import { refuseForeign } from '@/lib/http/refuse-foreign';
import { withRequest } from '@/lib/http/request-context';
import { type Handler, route } from '@/lib/http/route';
import { openLiveStream } from '@/lib/live/open-stream';
import { log } from '@/lib/log';
import { listQueues } from '@/lib/queues/list';
import config from '@/next.config.js';

/**
 * What every open dashboard asks all the time is answered before Next: its pipeline costs 2 ms a request and 80 KB a
 * stream. The same verbs serve these paths in Next, for `next dev` and for other methods.
 */
const DIRECT: Record<string, Handler> = {
  '/api/v1/queues': route(listQueues),
  '/api/v1/live': route(openLiveStream),
};

/** A route refuses a body that has not come within 30 s; a socket that has not even sent its headers, or goes on after that, is ended here. */
const TIMES = { headersTimeout: 30_000, requestTimeout: 35_000, connectionsCheckingInterval: 5_000 };

/** The production web process. Ends by SIGTERM (143) or SIGINT (130); exit code 2: bad configuration. */
async function main(): Promise<void> {
  const { host, port } = loadEnv();
  const dir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
  const app = next({ dev: false, dir, hostname: host, port });
  await app.prepare();
  const server = createServer(TIMES, await makeListener(app.getRequestHandler()));
  // Streams are closed by instrumentation-node.ts, which also ends this process if their readers do not let go.
  const end = (exitCode: number) => server.close(() => process.exit(exitCode));
  process.once('SIGTERM', () => end(143));
  process.once('SIGINT', () => end(130));
  server.once('error', fail);
  server.listen(port, host);
}

async function makeListener(handleByNext: RequestListener): Promise<RequestListener> {
  const headers = (await config.headers?.())?.flatMap((entry) => entry.headers) ?? [];
  return (request, response) =>
    withRequest(request, response, () => {
      const handler = refuseForeign(request) ?? findDirect(request);
      if (!handler) return handleByNext(request, response);
      for (const { key, value } of headers) response.setHeader(key, value);
      void answerDirectly(handler, request, response);
    });
}

function findDirect({ method, url }: IncomingMessage): Handler | undefined {
  const [pathname = ''] = url?.split('?', 1) ?? [];
  return method === 'GET' && Object.hasOwn(DIRECT, pathname) ? DIRECT[pathname] : undefined;
}

function fail(error: unknown): void {
  if (error instanceof EnvError) {
    for (const problem of error.problems) process.stderr.write(`${problem.path}: ${problem.message}\n`);
    process.exit(2);
  }
  log.fatal({ err: (error as Error).message }, 'the web server could not start');
  process.exit(1);
}

main().catch(fail);
