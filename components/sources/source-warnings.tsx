import type { SourceDetail } from '@/lib/contracts/source-detail';

/** Each unsafe setting with what to do about it; or that none was found. */
export function SourceWarnings({ source }: { source: SourceDetail }) {
  if (source.warnings.length === 0)
    return source.inspectedAt === null ? null : (
      <div className="notice completed">
        <span className="dot translate-y-[-1px]" />
        <span>Nothing unsafe was found in its settings.</span>
      </div>
    );
  return (
    <section className="grid gap-2" aria-label="Warnings">
      {source.warnings.map(({ code, severity, sentence, remedy }) => (
        <div key={code} className={`notice ${severity === 'danger' ? 'failed' : 'paused'}`} data-warning={code}>
          <span className="dot translate-y-[-1px]" />
          <div className="min-w-0 [overflow-wrap:anywhere]">
            <b className="font-[600]">
              {severity === 'danger' ? 'Danger: ' : 'Caution: '}
              {sentence}
            </b>
            <div className="muted">{remedy}</div>
          </div>
        </div>
      ))}
    </section>
  );
}
