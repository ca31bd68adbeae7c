/** A reader that has taken nothing for so long is gone. */
const STUCK_MS = 90_000;

const encoder = new TextEncoder();

/** A body of texts that are made as its reader takes them. `end` is called however it ends; more than once does not matter. */
export function streamTexts(
  first: IteratorResult<string, undefined>,
  texts: AsyncIterator<string, undefined>,
  end: () => void,
): ReadableStream<Uint8Array> {
  let next: typeof first | null = first;
  let stuck: NodeJS.Timeout | undefined;
  const giveUp = () => {
    clearTimeout(stuck);
    end();
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      clearTimeout(stuck);
      const { value, done } = next ?? (await texts.next());
      next = null;
      if (value !== undefined) controller.enqueue(encoder.encode(value));
      if (done) {
        giveUp();
        controller.close();
        return;
      }
      stuck = setTimeout(() => {
        giveUp();
        controller.error(new DOMException('The reader takes nothing.', 'AbortError'));
      }, STUCK_MS);
      stuck.unref();
    },
    cancel: giveUp,
  });
}
