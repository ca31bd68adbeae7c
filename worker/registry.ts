import type { Task } from './define-task';
import { deliverWebhook } from './tasks/deliver-webhook';
import { exportOrders } from './tasks/export-orders';
import { monthEndClose } from './tasks/month-end-close';
import { reconcilePayments } from './tasks/reconcile-payments';
import { sendWelcomeEmail } from './tasks/send-welcome-email';

/** Every task that this worker runs. A task that is not listed here does not exist. */
export const TASKS: readonly Task[] = [
  sendWelcomeEmail,
  exportOrders,
  deliverWebhook,
  monthEndClose,
  reconcilePayments,
];
