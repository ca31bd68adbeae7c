import { Visible } from '@/components/ui/visible';
import { toVisible } from '@/lib/format/visible';

/** A job of a flow that lies under another prefix: no queue of this source has it, so it is no link. */
export function Elsewhere({ jobKey }: { jobKey: string }) {
  return (
    <>
      <span className="mono clip min-w-0" title={toVisible(jobKey)}>
        <Visible text={jobKey} />
      </span>
      <span className="faint flex-none">another prefix</span>
    </>
  );
}
