export interface StackFrame {
  text: string;
  /** The function's name, where the line tells one. */
  name: string | null;
  isLibrary: boolean;
}

export interface ReadStack {
  message: string;
  frames: StackFrame[];
}

const FRAME = /^\s+at\s/;
const LIBRARY = /node_modules|\(?node:|<anonymous>\)?$/;

/** Parts a stack into its message and frames; frames of Node and of packages are marked. */
export function readStack(stack: string): ReadStack {
  const lines = stack.split('\n');
  const first = lines.findIndex((line) => FRAME.test(line));
  if (first === -1) return { message: stack.trimEnd(), frames: [] };
  return {
    message: lines.slice(0, first).join('\n').trimEnd(),
    frames: lines
      .slice(first)
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const text = line.trim();
        return {
          text,
          name: /^at (?:async )?([^\s(]+) \(/.exec(text)?.[1] ?? null,
          isLibrary: FRAME.test(line) && LIBRARY.test(text),
        };
      }),
  };
}
