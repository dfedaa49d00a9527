// How a database is, and the words for it. They name no host, path or token: anyone may ask.
import { primaryCode } from "../../../db/errors.ts";

export type DatabaseState = "ok" | "not_writable" | "unavailable" | "no_migrations";

/** `code` is what the write failed with; empty when it gave none. */
export function describeDatabase(state: DatabaseState, code: string): string | null {
  if (state === "ok") return null;
  if (state === "no_migrations") return "The database needs migration. Run: belfry admin migrate";
  const why = reasons.find(([codes]) => codes.includes(primaryCode(code)))?.[1];
  if (state === "not_writable")
    return `The database can be read, but takes no writes${why === undefined ? "" : `: ${why}`}.`;
  return `The database can't be used${why === undefined ? "" : `: ${why}`}.`;
}

/** Where reads come later than writes. */
export const replicaWords =
  "The database's address leads to a replica: what was just written isn't always found. Set BELFRY_DATABASE_URL to the primary.";

const reasons: [codes: string[], words: string][] = [
  [["SQLITE_FULL"], "its disk is full"],
  [["SQLITE_READONLY", "SQLITE_PERM"], "its file is read-only"],
  [["SQLITE_BUSY", "SQLITE_LOCKED"], "another program holds its lock"],
  [["SQLITE_IOERR"], "its disk fails, or is full"],
  [["SQLITE_CORRUPT", "SQLITE_NOTADB"], "its file is damaged; restore a backup"],
  [
    ["FILE_REPLACED"],
    "its file, or the -wal file beside it, was removed or replaced while Belfry was running. Stop Belfry, then restore the copy it has saved beside the file, which ends in .rescued: belfry admin restore FILE",
  ],
  [["BLOCKED"], "its server refuses, as a quota is used up"],
  [["TIMEOUT"], "it does not answer in time"],
];
