/** Ends the launcher: the message is one sentence that says what is wrong and what to do. */
export class LaunchError extends Error {
  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
    this.name = 'LaunchError';
  }
}
