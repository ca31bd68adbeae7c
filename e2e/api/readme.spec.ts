import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { startRedis } from '../../lib/testing/servers';

const ROOT = path.resolve(import.meta.dirname, '../..');
const README = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
const PACKAGE = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** Each `sh` block is one command. */
const COMMANDS = [...README.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = '']) => text.trim());
const base = () => test.info().project.use.baseURL ?? '';

async function run(command: string): Promise<{ status: number; body: unknown }> {
  const here = command.replaceAll('http://127.0.0.1:3000', base()).replace('curl -sS', 'curl -sS -w "\\n%{http_code}"');
  const { stdout } = await promisify(execFile)('bash', ['-c', here]);
  const at = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(at + 1)), body: JSON.parse(stdout.slice(0, at)) };
}

test('the README holds just the commands that are tested here', () => {
  expect(COMMANDS.map((command) => command.split('\n')[0])).toEqual([
    'npm start',
    'npm test',
    'curl -sS http://127.0.0.1:3000/api/v1/tasks/send-welcome-email \\',
    "curl -sS 'http://127.0.0.1:3000/api/v1/queues/default/emails/jobs?state=completed&limit=5'",
    'REDIS_URL=redis://127.0.0.1:6379 npm start',
  ]);
  const scripts = [...README.matchAll(/`npm run ([a-z:-]+)/g)].map(([, name = '']) => name);
  expect(Object.keys(PACKAGE.scripts)).toEqual(expect.arrayContaining(['start', 'test', ...scripts]));
  const links = [...README.matchAll(/\]\(((?!https?:)[^)]+)\)/g)].map(([, file = '']) => file);
  expect(links.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
});

test('its first call enqueues, and the same call again answers the same job', async () => {
  const first = await run(COMMANDS[2] ?? '');
  expect([200, 201]).toContain(first.status);
  expect(first.body).toMatchObject({ source: 'default', queue: 'emails', name: 'send-welcome-email' });
  const second = await run(COMMANDS[2] ?? '');
  expect(second.status).toBe(200);
  expect(second.body).toEqual(first.body);
  await expect
    .poll(async () => JSON.stringify((await run(COMMANDS[3] ?? '')).body), { timeout: 20_000 })
    .toContain((first.body as { id: string }).id);
});

test('npm start on a Redis of one’s own says where it is, and stops on Ctrl-C', async () => {
  test.setTimeout(300_000);
  const redis = await startRedis();
  const folder = mkdtempSync(path.join(tmpdir(), 'queuedeck-readme-'));
  const port = await freePort();
  const [, command = ''] = (COMMANDS[4] ?? '').split(/ (?=npm)/);
  const child = spawn('bash', ['-c', `exec ${command}`], {
    cwd: ROOT,
    detached: true,
    env: {
      ...process.env,
      REDIS_URL: redis.url,
      PORT: String(port),
      QUEUEDECK_HOME: folder,
      QUEUEDECK_SOURCES: '',
      QUEUEDECK_WORKER: '',
      DATABASE_URL: '',
      QUEUEDECK_EMBEDDED: '',
    },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += String(text)));
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  try {
    await expect.poll(() => printed, { timeout: 240_000 }).toContain(`http://127.0.0.1:${port}`);
    const sources = (await (await fetch(`http://127.0.0.1:${port}/api/v1/sources`)).json()) as { items: object[] };
    expect(sources.items).toMatchObject([
      { name: 'default', backend: 'bullmq-redis', status: 'up', embedded: false, worker: null },
    ]);
    expect(printed).toContain('watching only: no worker of ours');
  } finally {
    if (child.pid) process.kill(-child.pid, 'SIGINT');
    expect(await ended, printed).toBe(0);
    await redis.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
