// Where the root key of an embedded database is kept, if it is not in the environment.
import { existsSync } from "node:fs";
import type { Config } from "../../config/config.ts";
import { databaseFile } from "../../runtime/database.ts";
import { keyFile } from "../../runtime/secret-key.ts";

export function keptKeyFile(config: Config): string | undefined {
  const file = databaseFile(config.databaseUrl);
  if (config.secretKey !== undefined || file === undefined) return undefined;
  return existsSync(keyFile(file)) ? keyFile(file) : undefined;
}
