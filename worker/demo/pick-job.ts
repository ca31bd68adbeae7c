import type { Task } from '@/worker/define-task';
import { deliverWebhook } from '@/worker/tasks/deliver-webhook';
import { exportOrders } from '@/worker/tasks/export-orders';
import { monthEndClose } from '@/worker/tasks/month-end-close';
import { sendWelcomeEmail } from '@/worker/tasks/send-welcome-email';
import { type Facts, pick, toDay } from './random';

/** Reserved by RFC 2606: nothing outside of this process ever gets mail for it. */
export const MAIL_DOMAIN = 'shop.example';

export interface DemoJob {
  task: Task;
  input: unknown;
  delayMs?: number;
  priority?: number;
}

const DAY_MS = 86_400_000;
const NAMES = [
  'Ada',
  'Grace',
  'Alan',
  'Edsger',
  'Barbara',
  'Donald',
  'Frances',
  'Katherine',
  'Margaret',
  'Radia',
  'Søren',
  'Zoë',
];

/** What happens in a shop, in its usual proportions: most of it greets customers and tells other systems of orders. */
export function pickJob(facts: Facts): DemoJob {
  const luck = facts.random();
  if (luck < 0.56) return scatter(facts, { task: sendWelcomeEmail, input: inventCustomer(facts) });
  if (luck < 0.965) return scatter(facts, { task: deliverWebhook, input: inventEvent(facts) });
  if (luck < 0.994) return { task: exportOrders, input: inventRange(facts) };
  return { task: monthEndClose, input: { month: inventMonth(facts) } };
}

/** Some may wait, some go first. */
function scatter({ random }: Facts, job: DemoJob): DemoJob {
  const luck = random();
  if (luck < 0.08) return { ...job, delayMs: Math.round(5_000 + 55_000 * random()) };
  return luck < 0.16 ? { ...job, priority: pick(random, [1, 5, 10]) } : job;
}

function inventCustomer({ random }: Facts) {
  const number = 1 + Math.floor(random() * 20_000);
  // One address in forty does not exist.
  const mailbox = random() < 0.025 ? 'bounce' : 'customer';
  const coupon = random() < 0.3 ? { coupon: 'HELLO-10' } : {};
  return { to: `${mailbox}${number}@${MAIL_DOMAIN}`, name: pick(random, NAMES), ...coupon };
}

function inventEvent({ random, webhookUrl }: Facts) {
  const luck = random();
  const hook = luck < 0.6 ? 'orders' : luck < 0.75 ? 'stock' : luck < 0.985 ? 'billing' : 'old-shop';
  const event = pick(random, ['order.placed', 'order.paid', 'order.shipped', 'order.refunded']);
  const order = `SO-${1 + Math.floor(random() * 200_000)}`;
  return { url: `${webhookUrl}/${hook}`, event, payload: { order, totalCents: 499 + Math.floor(random() * 24_000) } };
}

/** A day or a week as a rule; one in twelve is a quarter, so that there is progress to watch. */
function inventRange({ random, nowMs }: Facts) {
  const days = random() < 1 / 12 ? 92 : pick(random, [1, 1, 7]);
  const last = nowMs - DAY_MS * (1 + Math.floor(random() * 200));
  return { from: toDay(last - (days - 1) * DAY_MS), to: toDay(last), format: pick(random, ['xlsx', 'xlsx', 'csv']) };
}

/** One of the eleven months before this one: all of them lie within the seeded year. */
function inventMonth({ random, nowMs }: Facts): string {
  const now = new Date(nowMs);
  const back = 1 + Math.floor(random() * 11);
  return toDay(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).slice(0, 7);
}
