import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { buildCurl } from '@/lib/client/http/curl';

it('survives a shell with any text in it', () => {
  const body = `{"name":"it's","script":"$(rm) \`x\` \\"!"}`;
  const command = buildCurl({ method: 'POST', url: '/api/v1/tasks/a', body }, 'http://127.0.0.1:3000');
  const words = execFileSync('sh', ['-c', `${command.replace(/^curl/, 'printf "%s\\n"')}`], { encoding: 'utf8' }).split(
    '\n',
  );
  expect(words.slice(0, -1)).toEqual([
    '-X',
    'POST',
    'http://127.0.0.1:3000/api/v1/tasks/a',
    '-H',
    'content-type: application/json',
    '-d',
    body,
  ]);
});
