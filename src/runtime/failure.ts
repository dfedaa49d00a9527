// What a program says when it can't go on: plain words for what an operator can mend, a stack for a mistake of ours.
import { DatabaseError, ServerRefusal } from "../../db/errors.ts";
import { NewerDatabaseError } from "../../db/migrate.ts";
import { ConfigError } from "../config/config.ts";
import { databaseFile, databaseName, DatabaseOpenError, describeFileFailure } from "./database.ts";

/** `databaseUrl` is what the program was told to open, if that is known. */
export function describeFailure(error: unknown, databaseUrl: string | undefined): string {
  if ([ConfigError, NewerDatabaseError, DatabaseOpenError].some((kind) => error instanceof kind))
    return (error as Error).message;
  if (error instanceof DatabaseError && error.kind === "unavailable") {
    const file = databaseUrl === undefined ? undefined : databaseFile(databaseUrl);
    if (file !== undefined && error.code.startsWith("SQLITE_")) return describeFileFailure(file, error);
    const name = databaseUrl === undefined ? "The database" : `The database ${databaseName(databaseUrl)}`;
    return isRefusedToken(error)
      ? `${name} refuses the token: set BELFRY_DATABASE_AUTH_TOKEN to one that may write.`
      : `${name} can't be used: ${error.message}. Check that it runs, and BELFRY_DATABASE_URL.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function isRefusedToken(error: unknown): boolean {
  if (error instanceof ServerRefusal) return error.status === 401 || error.status === 403;
  return error instanceof Error && error.cause !== undefined && isRefusedToken(error.cause);
}
