import { ScrollText } from '@/components/ui/scroll-text';
import { Visible } from '@/components/ui/visible';
import { layOutJson, type TokenKind } from '@/lib/client/json/json-text';

const COLOURED_BYTES = 20_000;
const CLASSES: Record<TokenKind, string | undefined> = {
  key: 'k',
  string: 's',
  number: 'nn',
  word: 'nn',
  plain: undefined,
};

/** Raw JSON text, laid out; coloured while it is small enough for that to cost nothing. */
export function JsonBlock({ text, label }: { text: string; label: string }) {
  const tokens = layOutJson(text);
  return (
    <ScrollText label={label}>
      {text.length > COLOURED_BYTES ? (
        <Visible text={tokens.map((token) => token.text).join('')} lines />
      ) : (
        tokens.map((token, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: tokens of one fixed text
          <span key={at} className={CLASSES[token.kind]}>
            <Visible text={token.text} lines />
          </span>
        ))
      )}
    </ScrollText>
  );
}
