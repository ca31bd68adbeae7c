import type { ReactNode } from 'react';
import { Visible } from '@/components/ui/visible';

interface ProblemProps {
  title: string;
  detail?: string | undefined;
  /** What still works, and what to do. */
  children?: ReactNode;
}

/** A failure with its cause, in the place of what it kept away. */
export function ProblemNotice({ title, detail, children }: ProblemProps) {
  return (
    <div className="notice failed" role="alert">
      <span className="dot translate-y-[-1px]" />
      <div className="grid min-w-0 gap-1 [overflow-wrap:anywhere]">
        <b className="font-[600]">
          <Visible text={title} />
        </b>
        {detail && (
          <span>
            <Visible text={detail} />
          </span>
        )}
        {children && <div className="muted flex flex-wrap items-center gap-3">{children}</div>}
      </div>
    </div>
  );
}
