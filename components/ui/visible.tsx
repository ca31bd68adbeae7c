import { isPlain, splitVisible } from '@/lib/format/visible';

interface VisibleProps {
  /** A broker's name, id or text; nothing where there is none. */
  text: string | null | undefined;
  /** Several lines: breaks and tabs are seen by themselves. */
  lines?: boolean;
}

/**
 * What others wrote, so that it can be read: characters that nobody sees are shown by their numbers, and what runs from right to left
 * does not reorder what stands beside it. Plain text costs no element.
 */
export function Visible({ text, lines = false }: VisibleProps) {
  if (!text || isPlain(text)) return text;
  return (
    <bdi>
      {splitVisible(text, lines).map((part, at) =>
        typeof part === 'string' ? (
          part
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other name
          <span key={at} className="odd-char" title={`${part.code}: ${part.what}`}>
            {part.code}
          </span>
        ),
      )}
    </bdi>
  );
}
