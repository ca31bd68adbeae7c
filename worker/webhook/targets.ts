import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { PermanentError, TaskError } from '@/worker/define-task';

export interface Address {
  address: string;
  family: 4 | 6;
}

/** IANA's special-purpose blocks: nothing in them is a public host. */
const PRIVATE_4 =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4';
const PRIVATE_6 =
  '::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/9 ff00::/8';

const PRIVATE = toBlockList(`${PRIVATE_4} ${PRIVATE_6}`.split(' '));

/** Targets that this process itself put up (`host:port`), allowed whatever the configuration says. */
const OWN_TARGETS = new Set<string>();

export function allowOwnTarget(hostAndPort: string): () => void {
  OWN_TARGETS.add(hostAndPort);
  return () => void OWN_TARGETS.delete(hostAndPort);
}

/**
 * The addresses that a URL's host stands for, each checked; connect to these and to nothing else, so that a name that changes its mind
 * between check and connection gains nothing. One private address among several refuses them all.
 * `allow`: host names, `host:port`, addresses or CIDR blocks that may be private. Throws PermanentError('target_refused') or, when the name
 * cannot be resolved now, TaskError('dns_failed').
 */
export async function resolveTarget(url: URL, allow: readonly string[]): Promise<Address[]> {
  const host = url.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  const addresses = await findAddresses(host);
  if (isHostAllowed(host, url, allow)) return addresses;
  const permitted = toBlockList(allow);
  for (const { address } of addresses) {
    if (contains(permitted, address) || !isPrivateAddress(address)) continue;
    throw new PermanentError(
      'target_refused',
      `${host} is ${address === host ? '' : `at ${address}, `}a private address; QUEUEDECK_WEBHOOK_ALLOW can permit it`,
    );
  }
  return addresses;
}

export function isPrivateAddress(address: string): boolean {
  return contains(PRIVATE, unwrap(address));
}

async function findAddresses(host: string): Promise<Address[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family: family as 4 | 6 }];
  try {
    const found = await lookup(host, { all: true });
    return found.map(({ address, family }) => ({ address, family: family as 4 | 6 }));
  } catch (error) {
    throw new TaskError('dns_failed', `${host} cannot be resolved (${(error as NodeJS.ErrnoException).code})`);
  }
}

function isHostAllowed(host: string, url: URL, allow: readonly string[]): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const withPort = `${host}:${port}`;
  return OWN_TARGETS.has(withPort) || allow.some((entry) => [host, withPort].includes(entry.toLowerCase()));
}

/** IPv4 in IPv6 clothes: mapped (::ffff:0:0/96) and NAT64 (64:ff9b::/96) end at the IPv4 address, so that one is judged. */
function unwrap(address: string): string {
  if (isIP(address) !== 6) return address;
  // The URL parser writes every IPv6 address in its one canonical form.
  const canonical = new URL(`http://[${address.split('%')[0]}]`).hostname.slice(1, -1);
  const tail = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (!tail) return canonical;
  const [high, low] = [Number.parseInt(tail[1] ?? '0', 16), Number.parseInt(tail[2] ?? '0', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function contains(list: BlockList, address: string): boolean {
  const plain = unwrap(address);
  return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}

/** Entries that are no address and no block are left out: they cannot match anything. */
function toBlockList(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const version = isIP(address);
    const family = version === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) {
      if (version !== 0) list.addAddress(address, family);
    } else if (version !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32)) {
      list.addSubnet(address, Number(bits), family);
    }
  }
  return list;
}
