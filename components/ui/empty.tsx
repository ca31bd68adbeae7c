import type { ReactNode } from 'react';
import { Visible } from '@/components/ui/visible';

/** What is not there, what would fill it, and how. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <div className="font-[550]">
        <Visible text={title} />
      </div>
      <div className="muted grid max-w-full justify-items-center gap-1 [overflow-wrap:anywhere]">{children}</div>
    </div>
  );
}
