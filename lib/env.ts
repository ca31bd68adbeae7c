import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { SourceName } from '@/lib/contracts/common';
import { placeWorker } from '@/lib/env/place-worker';

export interface EnvProblem {
  path: string;
  message: string;
}

/** Everything that is wrong with the configuration, at once. The process that meets it prints all and exits 2. */
export class EnvError extends Error {
  constructor(readonly problems: EnvProblem[]) {
    super(`Configuration: ${problems.map((p) => `${p.path}: ${p.message}`).join('; ')}`);
    this.name = 'EnvError';
  }
}

const SCHEMES = ['redis:', 'rediss:', 'postgres:', 'postgresql:'];

const BrokerUrl = z.string().check((ctx) => {
  const text = ctx.value;
  const scheme = URL.canParse(text) ? new URL(text).protocol : null;
  if (scheme === null || !SCHEMES.includes(scheme))
    ctx.issues.push({ code: 'custom', input: text, message: 'must be a redis://, rediss:// or postgres:// URL' });
});

const HostPort = z.strictObject({ host: z.string().min(1), port: z.number().int().min(1).max(65535) });

/** One watched broker. `sentinels` + `master`, or `cluster`, refine a redis:// URL; `schema` a postgres:// one. */
export const SourceConfig = z
  .strictObject({
    name: SourceName,
    url: BrokerUrl,
    prefix: z.string().min(1).max(128).default('bull'),
    schema: z
      .string()
      .regex(/^[a-z_][a-z0-9_]{0,62}$/)
      .default('bullmq'),
    sentinels: z.array(HostPort).min(1).optional(),
    master: z.string().min(1).optional(),
    cluster: z.array(HostPort).min(1).optional(),
    /** Further ioredis options, passed as they are (tls, username, family …). */
    options: z.record(z.string(), z.unknown()).optional(),
    /** Known queues, for brokers where scanning is not allowed. */
    queues: z.array(z.string().min(1).max(512)).max(10_000).optional(),
    embedded: z.boolean().default(false),
    /** Whether our worker takes jobs there: on the embedded one unless told otherwise, elsewhere only when asked to. */
    worker: z.boolean().optional(),
  })
  .transform((source) => ({ ...source, worker: source.worker ?? source.embedded }));
export type SourceConfig = z.infer<typeof SourceConfig>;

const SourceConfigs = z
  .array(SourceConfig)
  .min(1)
  .max(50)
  .check((ctx) => {
    const names = ctx.value.map((s) => s.name);
    names.forEach((name, i) => {
      if (names.indexOf(name) < i)
        ctx.issues.push({ code: 'custom', input: name, path: [i, 'name'], message: `"${name}" is used twice` });
    });
  });

const Bool = z.enum(['0', '1', 'true', 'false']).transform((v) => v === '1' || v === 'true');

const Raw = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  QUEUEDECK_HOME: z.string().default('.queuedeck'),
  QUEUEDECK_SOURCES: z.string().optional(),
  REDIS_URL: BrokerUrl.optional(),
  /** Read by placeWorker. */
  QUEUEDECK_WORKER: z.string().optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must be a postgres:// URL')
    .optional(),
  QUEUEDECK_EMBEDDED: Bool.default(false),
  QUEUEDECK_DEMO: Bool.default(true),
  QUEUEDECK_GRACE: z.coerce.number().min(0).max(3600).default(30),
  QUEUEDECK_READ_ONLY: Bool.default(false),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, 'must be an smtp:// or smtps:// URL')
    .optional(),
  MAIL_FROM: z.string().default('Queuedeck shop <shop@localhost>'),
  QUEUEDECK_WEBHOOK_SECRET: z.string().min(16).optional(),
  /** Hosts or CIDR blocks that deliver-webhook may reach although private, comma-separated. */
  QUEUEDECK_WEBHOOK_ALLOW: z.string().default(''),
  /** How long the recycle bin keeps removed jobs (0: not at all), and its size at most. */
  QUEUEDECK_BIN_HOURS: z.coerce.number().min(0).max(8760).default(24),
  QUEUEDECK_BIN_MAX_MB: z.coerce.number().min(1).max(1_000_000).default(1024),
  /** How long the history keeps jobs, failed ones, and their size at most. */
  QUEUEDECK_KEEP_DAYS: z.coerce.number().int().min(1).max(3650).default(30),
  QUEUEDECK_KEEP_FAILED_DAYS: z.coerce.number().int().min(1).max(3650).default(90),
  QUEUEDECK_KEEP_GB: z.coerce.number().min(0.1).max(100_000).default(20),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

export interface Env {
  port: number;
  host: string;
  home: string;
  sources: SourceConfig[];
  databaseUrl: string | null;
  embedded: boolean;
  demo: boolean;
  graceMs: number;
  readOnly: boolean;
  smtpUrl: string | null;
  mailFrom: string;
  webhookSecret: string | null;
  webhookAllow: string[];
  binHours: number;
  binMaxBytes: number;
  keepDays: number;
  keepFailedDays: number;
  keepBytes: number;
  logLevel: z.infer<typeof Raw>['LOG_LEVEL'];
}

/**
 * Reads the configuration. `sources` is empty when none is configured (the launcher then brings its own).
 * Throws EnvError with every problem, each with its path.
 */
export function loadEnv(from: Record<string, string | undefined> = process.env): Env {
  const given = Object.fromEntries(Object.entries(from).filter(([, value]) => value !== '' && value !== undefined));
  const parsed = Raw.safeParse(given);
  const problems: EnvProblem[] = parsed.success ? [] : parsed.error.issues.map((issue) => toProblem('', issue));
  const sources = placeWorker(
    readSources(given.QUEUEDECK_SOURCES, given.REDIS_URL, problems),
    given.QUEUEDECK_WORKER,
    problems,
  );
  if (!parsed.success || problems.length > 0) throw new EnvError(problems);
  const raw = parsed.data;
  return {
    port: raw.PORT,
    host: raw.HOST,
    home: path.resolve(raw.QUEUEDECK_HOME),
    sources,
    databaseUrl: raw.DATABASE_URL ?? null,
    embedded: raw.QUEUEDECK_EMBEDDED,
    demo: raw.QUEUEDECK_DEMO,
    graceMs: raw.QUEUEDECK_GRACE * 1000,
    readOnly: raw.QUEUEDECK_READ_ONLY,
    smtpUrl: raw.SMTP_URL ?? null,
    mailFrom: raw.MAIL_FROM,
    webhookSecret: raw.QUEUEDECK_WEBHOOK_SECRET ?? null,
    webhookAllow: raw.QUEUEDECK_WEBHOOK_ALLOW.split(',')
      .map((s) => s.trim())
      .filter(Boolean),
    binHours: raw.QUEUEDECK_BIN_HOURS,
    binMaxBytes: raw.QUEUEDECK_BIN_MAX_MB * 1_048_576,
    keepDays: raw.QUEUEDECK_KEEP_DAYS,
    keepFailedDays: raw.QUEUEDECK_KEEP_FAILED_DAYS,
    keepBytes: raw.QUEUEDECK_KEEP_GB * 1_073_741_824,
    logLevel: raw.LOG_LEVEL,
  };
}

/** The environment of a child process: this one's, with `extra` over it. */
export function childEnvironment(extra: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, ...extra } as NodeJS.ProcessEnv;
}

function readSources(text: string | undefined, redisUrl: string | undefined, problems: EnvProblem[]): SourceConfig[] {
  if (text === undefined) {
    if (redisUrl === undefined) return [];
    const one = SourceConfig.safeParse({ name: 'default', url: redisUrl });
    return one.success ? [one.data] : [];
  }
  const json = readJson(text, problems);
  if (json === undefined) return [];
  const parsed = SourceConfigs.safeParse(json);
  if (parsed.success) return parsed.data;
  problems.push(...parsed.error.issues.map((issue) => toProblem('QUEUEDECK_SOURCES', issue)));
  return [];
}

function readJson(text: string, problems: EnvProblem[]): unknown {
  const inline = text.trimStart().startsWith('[');
  if (!inline && !existsSync(text)) {
    problems.push({ path: 'QUEUEDECK_SOURCES', message: `is neither a JSON array nor the path of a file ("${text}")` });
    return undefined;
  }
  try {
    return JSON.parse(inline ? text : readFileSync(text, 'utf8'));
  } catch (error) {
    problems.push({ path: 'QUEUEDECK_SOURCES', message: `is not JSON: ${(error as Error).message}` });
    return undefined;
  }
}

function toProblem(root: string, issue: z.core.$ZodIssue): EnvProblem {
  const at = issue.path.reduce<string>(
    (to, key) => (typeof key === 'number' ? `${to}[${key}]` : to ? `${to}.${String(key)}` : String(key)),
    root,
  );
  return { path: at || root, message: issue.message };
}
