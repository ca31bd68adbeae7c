import { Visible } from '@/components/ui/visible';

const BLANK = /<(url|email|time|id|value|host|path|hex|n)>/;

/** What failures of a group have in common; what differs from one to the next is faint: `Order ‹n› not found`. */
export function GroupTitle({ title }: { title: string }) {
  // Split by a group: every second part is the name of a blank.
  return title.split(BLANK).map((part, i) =>
    i % 2 === 0 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other name
      <Visible key={i} text={part} />
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other name
      <span key={i} className="text-ink-3">
        ‹{part}›
      </span>
    ),
  );
}
