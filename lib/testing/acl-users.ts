import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import type { QueueBackend } from '@/lib/backends/backend';
import { openBackend } from '@/lib/backends/registry';
import { SourceConfig } from '@/lib/env';

const PASSWORD = 'change-me';

/** The lines that the README gives, by what they are for, as the rules that follow the user's name. */
function readLines(): Record<'watch' | 'operate' | 'record', string> {
  const text = readFileSync(path.resolve('README.md'), 'utf8');
  const rulesOf = (title: string) => {
    const [, after = ''] = text.split(`_${title}_`);
    const [, rules] = /^```\nACL SETUSER queuedeck (.*)\n```$/m.exec(after) ?? [];
    if (!rules?.includes(`>${PASSWORD} `)) throw new Error(`The README has no line for "${title}".`);
    return rules;
  };
  return { watch: rulesOf('Watch'), operate: rulesOf('Operate'), record: rulesOf('Record without SCAN') };
}

export const README_ACL = readLines();

/** Real users of one Redis. */
export class AclUsers {
  readonly admin: Redis;
  #opened: QueueBackend[] = [];
  #count = 0;

  constructor(private readonly url: string) {
    this.admin = new Redis(url);
  }

  /** A new user; its URL. */
  async add(...rules: string[]): Promise<string> {
    const name = `user-${this.#count++}`;
    await this.admin.call('ACL', 'SETUSER', name, ...rules.flatMap((rule) => rule.split(' ')));
    return this.url.replace('//', `//${name}:${PASSWORD}@`);
  }

  /** A backend as a new user. */
  async open(rules: string[], more: { queues?: string[] } = {}): Promise<QueueBackend> {
    const config = SourceConfig.parse({ name: 'test', url: await this.add(...rules), ...more });
    const backend = openBackend(config, { role: 'web' });
    this.#opened.push(backend);
    return backend;
  }

  /** What was refused to anybody since it was asked last: `get`, `bull:emails:wait`. */
  async takeRefused(): Promise<string[]> {
    const log = (await this.admin.call('ACL', 'LOG', 128)) as unknown[][];
    await this.admin.call('ACL', 'LOG', 'RESET');
    return log.map((entry) => String(entry[entry.indexOf('object') + 1]));
  }

  async closeBackends(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((backend) => backend.close()));
  }
}
