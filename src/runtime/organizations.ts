// Whose work is done in which database: the one place that decides. A request, a tick with its deliveries, a live inbox and a
// command are each for one organization. They get its database from `dbFor`, and no other.
import { createDatabase, type Database, type DatabaseClient, type DatabaseOptions } from "../../db/client.ts";
import type { Config } from "../config/config.ts";
import { withBatchLog, type Log } from "../kernel/log.ts";

export interface Organization {
  /** A UUID, for a database to be created with; '' where the database has chosen one. */
  id: string;
  /** Its database, and the address of its links. */
  config: Config;
}

/** A deployment has one. */
export const organizationOf = (config: Config): Organization => ({ id: "", config });

/** `connect`: as the platform does. */
export const dbFor = (
  { config }: Organization,
  connect: (config: Config) => DatabaseClient,
  log: Log,
  options?: DatabaseOptions,
): Database => withBatchLog(createDatabase(connect(config), options), log, config.logLevel);
