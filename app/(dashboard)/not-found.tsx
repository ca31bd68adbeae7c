import Link from 'next/link';

export default function NotFound() {
  return (
    <div className="page">
      <div className="head">
        <h1>Not here</h1>
      </div>
      <div className="card p-[14px]">
        <p className="m-0">
          No queue, job or task of this name is known. A job may have been removed, by someone or by its own retention
          setting.
        </p>
        <p className="mt-3 mb-0 flex gap-2">
          <Link className="btn" href="/queues" prefetch={false}>
            All queues
          </Link>
          <Link className="btn ghost" href="/" prefetch={false}>
            Overview
          </Link>
        </p>
      </div>
    </div>
  );
}
