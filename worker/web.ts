import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import next from 'next';
import { EnvError, loadEnv } from '@/lib/env';
import { forgetUnserved, MAX_HEADER_BYTES, refuseAtDoor } from '@/lib/http/front-door';
import { answerDirectly } from '@/lib/http/node-adapter';
import { refuse, refuseUnread } from '@/lib/http/refuse';
import { withRequest } from '@/lib/http/request-context';
import { type Handler, route } from '@/lib/http/route';
import { addJobs } from '@/lib/jobs/add';
import { openLiveStream } from '@/lib/live/open-stream';
import { log } from '@/lib/log';
import { listQueues } from '@/lib/queues/list';
import { checkReady } from '@/lib/system/ready';
import config from '@/next.config.js';

/**
 * What every open dashboard asks all the time, and what other machines wait for, is answered before Next: its pipeline costs 4 ms of a
 * core a request and 80 KB a stream. The same verbs serve these paths in Next, for `next dev` and for other methods.
 */
const DIRECT: Record<string, Handler> = {
  'GET /api/v1/queues': route(listQueues),
  'GET /api/v1/live': route(openLiveStream),
  'GET /api/v1/readyz': route(checkReady),
  'POST /api/v1/queues/{source}/{queue}/jobs': route(addJobs),
};

/** A route refuses a body that has not come within 30 s; a socket that has not even sent its headers, or goes on after that, is ended here. */
const TIMES = { headersTimeout: 30_000, requestTimeout: 35_000, connectionsCheckingInterval: 5_000 };

/** The production web process. Ends by SIGTERM (143) or SIGINT (130); exit code 2: bad configuration. */
async function main(): Promise<void> {
  const { host, port } = loadEnv();
  const dir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
  const app = next({ dev: false, dir, hostname: host, port });
  await app.prepare();
  const security = await readSecurityHeaders();
  // A request without a Host gets the same refusal as one with a foreign one.
  const options = { ...TIMES, maxHeaderSize: MAX_HEADER_BYTES, requireHostHeader: false };
  const listener = makeListener(app.getRequestHandler(), security);
  const server = createServer(options, listener);
  server.on('checkExpectation', listener);
  server.on('clientError', (error, socket) => refuseUnread(error, socket, security));
  ignoreUpgrades(server);
  // Streams are closed by instrumentation-node.ts, which also ends this process if their readers do not let go.
  const end = (exitCode: number) => server.close(() => process.exit(exitCode));
  process.once('SIGTERM', () => end(143));
  process.once('SIGINT', () => end(130));
  server.once('error', fail);
  server.listen(port, host);
}

/**
 * Next listens for upgrades at its first request, for the reload of `next dev`, and leaves some of them without an answer. Where nobody
 * listens, Node takes the header for nothing and the request for what else it is.
 */
function ignoreUpgrades(server: Server): void {
  server.on('newListener', (event: string, listener: () => void) => {
    if (event === 'upgrade') setImmediate(() => server.off('upgrade', listener));
  });
}

/** Of every answer, whoever writes it; Next sets them again where it routes, and nowhere else. */
async function readSecurityHeaders(): Promise<Record<string, string>> {
  const entries = (await config.headers?.()) ?? [];
  return Object.fromEntries(entries.flatMap((entry) => entry.headers).map(({ key, value }) => [key, value]));
}

function makeListener(handleByNext: RequestListener, security: Record<string, string>): RequestListener {
  return (request, response) =>
    withRequest(request, response, () => {
      for (const [name, value] of Object.entries(security)) response.setHeader(name, value);
      const refusal = refuseAtDoor(request);
      if (refusal) return refuse(refusal, request, response);
      forgetUnserved(request.headers);
      const handler = findDirect(request);
      if (!handler) return handleByNext(request, response);
      void answerDirectly(handler, request, response);
    });
}

function findDirect({ method, url }: IncomingMessage): Handler | undefined {
  const [pathname = ''] = url?.split('?', 1) ?? [];
  // Two segments of any name; a path that is another one when it is made plain is Next's to find.
  const pattern = pathname.replace(/^(\/api\/v1\/queues\/)[^/\\]+\/[^/\\]+\/jobs$/, '$1{source}/{queue}/jobs');
  if (pattern !== pathname && new URL(pathname, 'http://localhost').pathname !== pathname) return undefined;
  const asked = `${method} ${pattern}`;
  return Object.hasOwn(DIRECT, asked) ? DIRECT[asked] : undefined;
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
