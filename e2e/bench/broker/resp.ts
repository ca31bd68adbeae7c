/** A reply: bulk strings as text, integers as numbers, arrays nested; an error reply is an Error. */
export type Reply = string | number | null | Error | Reply[];

/** Encodes one command as RESP. */
export function encodeCommand(words: readonly (string | number)[]): string {
  let text = `*${words.length}\r\n`;
  for (const word of words) {
    const value = String(word);
    text += `$${Buffer.byteLength(value)}\r\n${value}\r\n`;
  }
  return text;
}

/** Reads as many whole replies as `buffer` holds; `rest` is what is left of an unfinished one. */
export function parseReplies(buffer: Buffer): { replies: Reply[]; rest: Buffer } {
  const replies: Reply[] = [];
  let at = 0;
  for (;;) {
    const parsed = parseAt(buffer, at);
    if (!parsed) return { replies, rest: buffer.subarray(at) };
    replies.push(parsed.reply);
    at = parsed.end;
  }
}

type Parsed = { reply: Reply; end: number } | null;

function parseAt(buffer: Buffer, at: number): Parsed {
  const lineEnd = buffer.indexOf('\r\n', at);
  if (lineEnd < 0) return null;
  const line = buffer.toString('utf8', at + 1, lineEnd);
  const end = lineEnd + 2;
  switch (buffer[at]) {
    case 0x2b:
      return { reply: line, end };
    case 0x2d:
      return { reply: new Error(line), end };
    case 0x3a:
      return { reply: Number(line), end };
    case 0x24:
      return parseBulk(buffer, Number(line), end);
    default:
      return parseArray(buffer, Number(line), end);
  }
}

function parseBulk(buffer: Buffer, length: number, at: number): Parsed {
  if (length < 0) return { reply: null, end: at };
  if (buffer.length < at + length + 2) return null;
  return { reply: buffer.toString('utf8', at, at + length), end: at + length + 2 };
}

function parseArray(buffer: Buffer, length: number, at: number): Parsed {
  if (length < 0) return { reply: null, end: at };
  const items: Reply[] = [];
  let end = at;
  for (let i = 0; i < length; i += 1) {
    const item = parseAt(buffer, end);
    if (!item) return null;
    items.push(item.reply);
    end = item.end;
  }
  return { reply: items, end };
}
