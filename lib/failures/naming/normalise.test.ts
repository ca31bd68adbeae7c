import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseError } from './normalise';

/** Real messages of several runtimes: two occurrences of one cause, and what they have in common. */
const SAME: [title: string, one: string, other: string][] = [
  ['connect ECONNREFUSED <host>', 'connect ECONNREFUSED 127.0.0.1:6379', 'connect ECONNREFUSED 10.0.3.17:6380'],
  ['connect ECONNREFUSED <host>', 'connect ECONNREFUSED ::1:5432', 'connect ECONNREFUSED 192.168.1.4:5432'],
  [
    'getaddrinfo ENOTFOUND <host>',
    'getaddrinfo ENOTFOUND api.example.com',
    'getaddrinfo ENOTFOUND eu-3.api.example.com',
  ],
  [
    'Request to <url> timed out after <n> ms',
    'Request to https://a.example/x?y=1 timed out after 5000 ms',
    'Request to http://b.example:8080/z timed out after 30 ms',
  ],
  [
    'Request <id> failed with status code 502',
    'Request 6f1c0a7e-9d55-4f2a-8d0e-3b0f2f1a9c11 failed with status code 502',
    'Request 11111111-2222-3333-4444-555555555555 failed with status code 502',
  ],
  [
    'http_503: <host> answered 503: busy <n>',
    'http_503: 10.0.0.1:80 answered 503: busy 4',
    'http_503: 10.0.0.2:81 answered 503: busy 9',
  ],
  ['GET <url> -> HTTP/1.1 404', 'GET https://a.example/1 -> HTTP/1.1 404', 'GET https://a.example/2 -> HTTP/1.1 404'],
  ['worker <n> exited with code 137', 'worker 12 exited with code 137', 'worker 7 exited with code 137'],
  ['SQLSTATE[23000]: duplicate <value>', "SQLSTATE[23000]: duplicate 'a'", "SQLSTATE[23000]: duplicate 'b'"],
  ['order <n> answered <n> of <n>', 'order 1 answered 5000 of 7', 'order 22 answered 12 of 9'],
  [
    'ENOENT: no such file or directory, open <value>',
    "ENOENT: no such file or directory, open '/tmp/a/1.csv'",
    "ENOENT: no such file or directory, open '/var/x/2.csv'",
  ],
  [
    '421 4.7.0 Try again later, closing connection. <hex>',
    '421 4.7.0 Try again later, closing connection. 5b1f17b1804b14a0',
    '421 4.7.0 Try again later, closing connection. 9e14a558f8ab13c1',
  ],
  [
    'Message failed: 550-5.1.1 No such user <n>',
    'Message failed: 550-5.1.1 No such user 17',
    'Message failed: 550-5.1.1 No such user 9',
  ],
  ['order <n> <n> is not <n>', 'order 421 4.7 is not 421', 'order 12 5 is not 9'],
  ['No user <email>', 'No user ann@example.com', 'No user bob+tag@mail.example.org'],
  [
    'order <id> is locked',
    'order 6f1c0a7e-9d55-4f2a-8d0e-3b0f2f1a9c11 is locked',
    'order 11111111-2222-3333-4444-555555555555 is locked',
  ],
  ['invoice <id> not found', 'invoice inv_8Jk2mN0pQr5s not found', 'invoice inv_0aB1cD2eF3gH not found'],
  [
    'duplicate key value violates unique constraint <value>',
    'duplicate key value violates unique constraint "users_email_key"',
    'duplicate key value violates unique constraint "orders_pkey"',
  ],
  ['KeyError: <value>', "KeyError: 'user_id'", "KeyError: 'order'"],
  ['token expired at <time>', 'token expired at 2026-11-26T09:12:01.123Z', 'token expired at 2026-01-01 00:00:00'],
  [
    'Cannot read properties of undefined (reading <value>)',
    "Cannot read properties of undefined (reading 'id')",
    "Cannot read properties of undefined (reading 'name')",
  ],
  [
    'could not write <path>',
    'could not write /srv/exports/a/orders.xlsx',
    'could not write C:\\exports\\b\\orders.xlsx',
  ],
  ['segment <hex> is corrupt', 'segment 0x7ffe12ab is corrupt', 'segment 0x1 is corrupt'],
  ['commit <hex> is unknown', 'commit 9f86d081884c7d65 is unknown', 'commit 1b4f0e9851971998 is unknown'],
  [
    'Job stalled more than allowable limit',
    'job stalled more than allowable limit',
    'job stalled more than allowable limit',
  ],
];

const DIFFERENT: [string, string][] = [
  ['connect ECONNREFUSED 127.0.0.1:6379', 'connect ETIMEDOUT 127.0.0.1:6379'],
  ['421 4.7.0 Try again later', '550 5.1.1 No such user'],
  ['421 4.7.0 Try again later', '450 4.2.1 Try again later'],
  ['Request failed with status code 404', 'Request failed with status code 503'],
  ['http_410: 10.0.0.1 answered 410', 'http_503: 10.0.0.1 answered 503'],
  ['Command failed with exit code 1', 'Command failed with exit code 137'],
  ['ORA-12154: could not resolve', 'ORA-12541: could not resolve'],
  ['foo.bar is not a function', 'foo.baz is not a function'],
  ['SMTP refused', 'SMTP closed'],
];

/** Short ids of letters and digits: each is folded wherever it stands. */
const IDS = [
  'k3f9za',
  'req_4881w2',
  'X7K2PQ',
  '4XyZ12abcDz',
  'ch_3NxKq2',
  'A-4711-XB',
  '01HF7YATK4Q9Z3X8V2M5N6P7R8',
  'V1StGXR8_Z5jdHi6B-myT',
  '7d9f8b6c5',
];
const PLACES: string[] = [
  'order % not found',
  'could not lock %',
  '[%] printer is offline',
  'export (%) ran out of memory',
  'lookup failed for %, giving up',
  'Заказ % не найден',
  '订单%不存在',
  '注文「%」が見つかりません',
  'الطلب % غير موجود',
  'trace=%',
];

/** Codes and names that have digits, and say why or what: each stays as it is. */
const STAYS = [
  'E11000 duplicate key error',
  'Unique constraint failed (P2002)',
  'error code: P2025',
  'ERROR: deadlock detected (SQLSTATE 40P01)',
  'deadlock 40P01 detected',
  'SQLSTATE 23505 was raised',
  'ORA-00001: unique constraint violated',
  'read ECONNRESET',
  'HTTP/2 stream was reset',
  'error TS2345: wrong type',
  'error[E0382]: borrow of moved value',
  'DB2 SQL Error: SQLCODE=-204',
  'failed with 0x80070005',
  '[Errno 111] Connection refused',
  'No such file or directory (os error 2)',
  'cURL error 28: timed out',
  'Error 21211: not a valid number',
  '550 Mailbox unavailable',
  'The remote server returned an error: (404) Not Found.',
  'killed by signal 9',
  'Fehlercode 17: Drucker antwortet nicht',
  'Ошибка 5: доступ запрещён',
  '接口返回错误码 500：系统繁忙',
  '{"code":"rate_limit_exceeded","error":"invalid_grant"}',
  'x509: X509 SHA256 OAuth2 IPv4 UTF8 utf8mb4 base64 S3 EC2 h264 MP3 Log4j k8s i18n python3 http2 v2 TLSv1',
  'ERR_HTTP2_STREAM_CANCEL Http2Session EC2InstanceGone UTF-8 ISO-8859-1 CVE-2021-44228',
  'user.id is required',
  "can't read the user's orders, it's empty",
  'getOrderTotalById of XMLHttpRequest is not there',
];

describe('normalised errors', () => {
  it.each(PLACES)('fold ids of every kind: %s', (place) => {
    const prints = IDS.map((id) => normaliseError(place.replace('%', id), null).fingerprint.toString('hex'));
    expect(new Set(prints).size).toBe(1);
  });

  it.each(STAYS)('keep what says why: %s', (text) => {
    expect(normaliseError(text, null).title).toBe(text);
  });

  it('do not take a number for a code because "code" or "error" stands near', () => {
    const titles = ['promo code 481234 is over', 'error in 17 of 20 rows', 'returned 404 rows', 'error 5 of 7'];
    expect(titles.map((text) => normaliseError(text, null).title)).toEqual([
      'promo code <n> is over',
      'error in <n> of <n> rows',
      'returned <n> rows',
      'error <n> of <n>',
    ]);
  });

  it.each(SAME)('%s', (title, one, other) => {
    const [a, b] = [normaliseError(one, null), normaliseError(other, null)];
    expect(a.title.toLowerCase()).toBe(title.toLowerCase());
    expect(a.fingerprint.equals(b.fingerprint), `${a.title} | ${b.title}`).toBe(true);
  });

  it.each(DIFFERENT)('%s is not %s', (one, other) => {
    expect(normaliseError(one, null).fingerprint.equals(normaliseError(other, null).fingerprint)).toBe(false);
  });

  it('tells the place in the own code: Node', () => {
    const stack = `Error: no\n    at Object.parse (node:internal/url:816:36)\n    at send (/app/node_modules/nodemailer/lib/mailer.js:10:5)\n    at async deliver (/app/src/tasks/deliver.ts:44:11)\n    at run (/app/src/run.ts:1:1)`;
    expect(normaliseError('no', stack).frame).toBe('deliver (tasks/deliver.ts)');
    const other = stack.replace('44:11', '52:3').replace('/app/src', '/srv/releases/7/src');
    expect(normaliseError('no', other).fingerprint.equals(normaliseError('no', stack).fingerprint)).toBe(true);
  });

  it('tells the place in the own code: Python, of which the traceback is the message', () => {
    const trace = `Traceback (most recent call last):\n  File "/usr/lib/python3.11/site-packages/celery/app/trace.py", line 477, in trace_task\n    R = retval = fun(*args, **kwargs)\n  File "/app/shop/tasks.py", line 31, in send_invoice\n    user = users[uid]\nKeyError: 42`;
    expect(normaliseError(trace, null)).toMatchObject({
      title: 'KeyError: <n>',
      frame: 'send_invoice (shop/tasks.py)',
    });
  });

  it('tells the place in the own code: PHP', () => {
    const trace = `PDOException: gone away\n#0 /var/www/vendor/doctrine/dbal/src/Connection.php(71): PDO->query()\n#1 /var/www/src/Mail/Sender.php(12): App\\Mail\\Sender->send()\n#2 {main}`;
    expect(normaliseError('gone away', trace).frame).toBe('App\\Mail\\Sender->send (Mail/Sender.php)');
  });

  it('is bounded in time and size, whatever comes', () => {
    for (const hostile of [
      'a.'.repeat(50_000),
      '/'.repeat(100_000),
      '"'.repeat(100_000),
      '1'.repeat(100_000),
      ':a'.repeat(60_000),
      `${'\\"'.repeat(40_000)}`,
      'a-'.repeat(50_000),
      'a1-'.repeat(40_000),
      `${'a'.repeat(60_000)}1`,
      'aB'.repeat(50_000),
      'code '.repeat(20_000),
      'order '.repeat(20_000),
      '«'.repeat(50_000),
      "a'".repeat(50_000),
      'a/'.repeat(50_000),
      '1.'.repeat(50_000),
      '订单'.repeat(40_000),
      '\x80'.repeat(50_000),
    ]) {
      const from = process.cpuUsage();
      const { title } = normaliseError(hostile, hostile);
      const { user, system } = process.cpuUsage(from);
      expect((user + system) / 1_000).toBeLessThan(100);
      expect(title.length).toBeLessThanOrEqual(200);
    }
  });

  it('answers the same each time, and never with nothing', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const [a, b] = [normaliseError(text, null), normaliseError(text, null)];
        expect(a.title.length).toBeGreaterThan(0);
        expect(a.fingerprint.equals(b.fingerprint)).toBe(true);
      }),
    );
  });
});
