import { findFault } from '@/lib/contracts/query/find-fault';

/** What is wrong with a query, and where; nothing while it can be read. */
export function QueryFault({ id, text }: { id: string; text: string }) {
  const fault = findFault(text);
  return (
    <p id={id} className="query-fault" role="status">
      {fault && (
        <>
          <span className="mono" aria-hidden>
            {text.slice(Math.max(0, fault.at[0] - 24), fault.at[0])}
            <mark>{text.slice(fault.at[0], Math.max(fault.at[1], fault.at[0] + 1)) || '␣'}</mark>
          </span>{' '}
          {fault.message}
        </>
      )}
    </p>
  );
}
