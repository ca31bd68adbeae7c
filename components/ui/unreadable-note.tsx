import { Visible } from '@/components/ui/visible';

/** What the broker does not let be read of what is shown, and why. */
export function UnreadableNote({ why }: { why: string | null | undefined }) {
  if (!why) return null;
  return (
    <div className="notice waiting">
      <span className="dot translate-y-[-1px]" />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <b className="font-[600]">Not all of it can be read.</b>{' '}
        <span>
          <Visible text={why} />
        </span>
      </div>
    </div>
  );
}
