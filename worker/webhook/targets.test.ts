import { describe, expect, it } from 'vitest';
import { allowOwnTarget, isPrivateAddress, resolveTarget } from './targets';

describe('isPrivateAddress', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.168.1.1',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '0:0:0:0:0:ffff:10.0.0.1',
    '::127.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b:1::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '2001:db8::1',
    '2002:7f00:1::1',
    '2001::1',
  ])('holds %s for private', (address) => expect(isPrivateAddress(address)).toBe(true));

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '100.63.255.255',
    '100.128.0.1',
    '172.32.0.1',
    '192.167.255.255',
    '2606:4700::1111',
    '::ffff:1.1.1.1',
    '64:ff9b::8.8.8.8',
  ])('holds %s for public', (address) => expect(isPrivateAddress(address)).toBe(false));
});

describe('resolveTarget', () => {
  const resolve = (url: string, allow: string[] = []) => resolveTarget(new URL(url), allow);

  it.each([
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'http://0177.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:169.254.169.254]/',
    'http://localhost/',
    'http://LOCALHOST./',
  ])('refuses %s', async (url) =>
    expect(resolve(url)).rejects.toMatchObject({ name: 'PermanentError', code: 'target_refused' }),
  );

  it.each([
    ['http://127.0.0.1:8080/', '127.0.0.1'],
    ['http://127.0.0.1:8080/', '127.0.0.1:8080'],
    ['http://127.0.0.1/', '127.0.0.0/8'],
    ['http://[::1]:9/', '::1'],
    ['http://[fd00::5]/', 'fd00::/8'],
    ['http://[::ffff:10.0.0.1]/', '10.0.0.0/8'],
    ['https://localhost/', 'localhost'],
    ['https://localhost/', 'localhost:443'],
  ])('lets %s pass when %s is allowed', async (url, entry) => {
    expect((await resolve(url, [entry])).length).toBeGreaterThan(0);
  });

  it('allows no neighbour of what is allowed', async () => {
    await expect(resolve('http://127.0.0.1:8081/', ['127.0.0.1:8080'])).rejects.toThrow('private address');
    await expect(resolve('http://10.0.1.1/', ['10.0.0.0/24'])).rejects.toThrow('private address');
    await expect(resolve('http://localhost/', ['localhos'])).rejects.toThrow('QUEUEDECK_WEBHOOK_ALLOW');
  });

  it('takes what is wrong in the list for nothing', async () => {
    await expect(resolve('http://127.0.0.1/', ['127.0.0.0/99', '10.0.0.0/x', '/8'])).rejects.toMatchObject({
      code: 'target_refused',
    });
  });

  it('answers public addresses as they are, and may try again when a name is unknown now', async () => {
    expect(await resolve('https://1.1.1.1/')).toEqual([{ address: '1.1.1.1', family: 4 }]);
    await expect(resolve('https://no-such-host.invalid/')).rejects.toMatchObject({
      name: 'TaskError',
      code: 'dns_failed',
    });
  });

  it('lets a server of this process pass while it is registered', async () => {
    const end = allowOwnTarget('127.0.0.1:4321');
    expect(await resolve('http://127.0.0.1:4321/x')).toEqual([{ address: '127.0.0.1', family: 4 }]);
    end();
    await expect(resolve('http://127.0.0.1:4321/x')).rejects.toThrow('private');
  });
});
