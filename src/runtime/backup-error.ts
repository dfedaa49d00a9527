// What can stand in the way of a backup or of its restoration, and what an operator can do about it.

/** An error that an operator can fix; `advice` says how. */
export class BackupError extends Error {
  override readonly name = "BackupError";
  readonly advice: string;
  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}

export const noDatabase = (file: string) =>
  new BackupError(
    `There is no database at ${file}.`,
    "Run this in the server's folder and with its environment (BELFRY_DATABASE_URL says where the database is).",
  );

export const alreadyExists = (file: string) =>
  new BackupError(`${file} already exists.`, "Choose another name.");

export const notWritable = (file: string, { code, message }: NodeJS.ErrnoException) =>
  code === "EEXIST"
    ? new BackupError(
        `${file} already exists, from an interrupted or running backup.`,
        "Remove it if no backup is running.",
      )
    : new BackupError(`${file} can't be written: ${message}.`, "Choose a folder with write access.");
