import pg from 'pg';
import { CodedError } from '@/lib/contracts/errors';

/** The schema is missing, too old or too new for us: `message` is the sentence for the operator. */
export class IncompatibleBrokerError extends Error {}

/** SQLSTATE classes that are about the server and not about our statement; errors without a SQLSTATE come from the connection. */
const AWAY = /^(08|28|3D|53|57|58|40|XX)/;

export function asAwayError(error: unknown): unknown {
  if (error instanceof CodedError) return error;
  const refusal = describeRefusal(error);
  if (refusal !== null) return new CodedError('broker_refused', refusal, { cause: error });
  if ((error as { code?: unknown }).code === '22021')
    return new CodedError(
      'not_found',
      'PostgreSQL holds no NUL character: there is no queue, job or scheduler called so.',
      {
        cause: error,
      },
    );
  if (!(error instanceof IncompatibleBrokerError) && !isAway(error)) return error;
  return new CodedError('broker_unavailable', describeAway(error), { retryAfterSeconds: 2, cause: error });
}

/** What the role may not do, in one sentence; null where nothing was refused to it. */
export function describeRefusal(error: unknown): string | null {
  if (error instanceof CodedError) return error.code === 'broker_refused' ? error.detail : null;
  const { code, message } = error as { code?: unknown; message?: string };
  if (code === '25006')
    return "The broker takes no changes: it is a standby, or the transactions of Queuedeck's role are read-only.";
  if (code !== '42501') return null;
  const [, what] = /permission denied for (\w+ \S+)/.exec(message ?? '') ?? [];
  return `The broker does not allow this to Queuedeck's role: it lacks a right on the ${what ?? 'database'}.`;
}

function isAway(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  if (error instanceof pg.DatabaseError) return typeof code === 'string' && AWAY.test(code);
  return (
    typeof code === 'string' || /timeout|terminated|not queryable|closed|ended|after calling end/i.test(String(error))
  );
}

/** One sentence, without credentials, addresses or SQL. */
export function describeAway(error: unknown): string {
  if (error instanceof IncompatibleBrokerError) return error.message;
  const { code } = error as { code?: unknown };
  if (code === 'ECONNREFUSED') return 'The PostgreSQL server refuses connections.';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return "The PostgreSQL server's name is not known.";
  if (code === '28P01' || code === '28000') return 'The PostgreSQL server refuses this user name or password.';
  if (code === '3D000') return 'The PostgreSQL server has no such database.';
  if (code === '53300') return 'The PostgreSQL server has no connection left.';
  if (code === '57P03') return 'The PostgreSQL server is starting up or shutting down.';
  if (/timeout/i.test(String(error)) || code === '57014') return 'The PostgreSQL server does not answer in time.';
  return 'The connection to the PostgreSQL server was lost.';
}
