// What an operator can do something about.
/** An error that an operator can fix; `advice` says how. */
export class BackupError extends Error {
  override readonly name = "BackupError";
  readonly advice: string;
  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}
