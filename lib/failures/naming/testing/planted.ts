/** Failures as a shop of many services has them: few causes, and in each message an id that was made up for it. */
const CAUSES: readonly [said: string, ids: keyof typeof IDS][] = [
  ['Payment for order % was declined', 'base36'],
  ['Payment provider answered 503 (request %)', 'prefixed'],
  ['Booking % is no longer available', 'upper'],
  ['session % lost its websocket', 'base62'],
  ['could not lock % within 5000 ms', 'base36'],
  ['invoice % has no lines', 'numbered'],
  ['webhook %: endpoint answered 410', 'base62'],
  ['[%] label printer is offline', 'base36'],
  ['customer % has no address', 'prefixed'],
  ['import % stopped: column 7 is missing', 'hex8'],
  ['upload % is corrupt', 'nano'],
  ['Ticket % not found in the helpdesk', 'upper'],
  ['lookup failed for %', 'base62'],
  ['event % was delivered twice', 'ulid'],
  ['snapshot % does not exist', 'hex12'],
  ['pod % was evicted', 'pod'],
  ['No route for parcel % to depot', 'upper'],
  ['%: tax rate is unknown', 'base62'],
  ['refund % exceeds the charge', 'stripe'],
  ['export (%) ran out of memory', 'base36'],
  ['message % was rejected: 550 5.1.1', 'snowflake'],
  ['user % may not do this', 'digits'],
  ['token % has expired', 'nano'],
  ['trace=% deadline exceeded', 'hex8'],
  ['Заказ % не найден', 'base36'],
  ['订单%支付失败', 'base36'],
  ['Bestellung % wurde storniert', 'upper'],
];

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const UPPER = LOWER.toUpperCase();

type Random = () => number;
const take = (random: Random, from: string, length: number) =>
  Array.from({ length }, () => from[Math.floor(random() * from.length)]).join('');

const IDS = {
  base36: (random: Random) => take(random, LOWER + DIGITS, 6),
  prefixed: (random: Random) => `req_${take(random, LOWER + DIGITS, 6)}`,
  upper: (random: Random) => take(random, UPPER + DIGITS, 6),
  base62: (random: Random) => take(random, LOWER + UPPER + DIGITS, 11),
  nano: (random: Random) => take(random, `${LOWER}${UPPER}${DIGITS}_-`, 21),
  numbered: (random: Random) => `${take(random, UPPER, 1)}-${take(random, DIGITS, 4)}-${take(random, UPPER, 2)}`,
  hex8: (random: Random) => take(random, 'abcdef0123456789', 8),
  hex12: (random: Random) => take(random, 'abcdef0123456789', 12),
  ulid: (random: Random) => `01${take(random, '0123456789ABCDEFGHJKMNPQRSTVWXYZ', 24)}`,
  pod: (random: Random) =>
    `api-${take(random, 'abcdef0123456789', 9)}-${take(random, 'bcdfghjklmnpqrstvwxz2456789', 5)}`,
  stripe: (random: Random) => `re_3N${take(random, LOWER + UPPER + DIGITS, 12)}`,
  snowflake: (random: Random) => `1${take(random, DIGITS, 17)}`,
  digits: (random: Random) => take(random, DIGITS, 5),
};

/** The same for the same seed. */
export function plantFailures(count: number, seed = 1): { wanted: string; message: string }[] {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: count }, (_, i) => {
    const [said, ids] = CAUSES[i % CAUSES.length] as (typeof CAUSES)[number];
    return { wanted: said, message: said.replace('%', IDS[ids](random)) };
  });
}

export const PLANTED_CAUSES = CAUSES.length;
