/** An end that needs one sentence and no stack; a message of `null` means that it was said already. */
export class Sentence extends Error {
  constructor(message, exitCode = 1) {
    super(message ?? '');
    this.exitCode = exitCode;
    this.isSaid = message === null;
  }
}

export function say(line) {
  process.stderr.write(`queuedeck: ${line}\n`);
}

export function exitWith(error) {
  if (!(error instanceof Sentence)) process.stderr.write(`${error?.stack ?? error}\n`);
  else if (!error.isSaid) say(error.message);
  process.exit(error?.exitCode ?? 1);
}
