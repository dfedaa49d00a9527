// What admin commands work with: the server's configuration and database, and dependencies that never send anything.
import { existsSync } from "node:fs";
import type { Database, DatabaseClient } from "../../../db/client.ts";
import { DatabaseError } from "../../../db/errors.ts";
import { appliedMigrations, loadMigrations } from "../../../db/migrate.ts";
import { type Config, ConfigError, parseConfig } from "../../config/config.ts";
import type { Deps } from "../../kernel/deps.ts";
import { ApiError } from "../../kernel/errors.ts";
import { createNewId } from "../../kernel/crypto.ts";
import { createLog } from "../../kernel/log.ts";
import { openAssets } from "../../runtime/asset-files.ts";
import { BackupError, noDatabase } from "../../runtime/backup-error.ts";
import { createSharedProcess } from "../../runtime/process-groups.ts";
import { createClock } from "../../runtime/process.ts";
import { databaseFile, databaseName, DatabaseOpenError, openClient } from "../../runtime/database.ts";
import { dbFor, organizationOf } from "../../runtime/organizations.ts";
import { describeFailure } from "../../runtime/startup-messages.ts";
import { keyFile, openKeys } from "../../runtime/prepare.ts";
import type { Context } from "../context.ts";
import { exit, Failure } from "../failure.ts";

export interface Machine {
  config: Config;
  client: DatabaseClient;
  db: Database;
  deps: Deps;
}

export const configOf = (context: Context): Config =>
  parseConfig(context.environment, (message) => context.log(message));

/** Opens the existing database, which must be at this release, and closes it afterwards. */
export async function withMachine<T>(context: Context, work: (machine: Machine) => Promise<T>): Promise<T> {
  const config = configOf(context);
  const file = databaseFile(config.databaseUrl);
  if (file !== undefined && !existsSync(file)) throw noDatabase(file);
  const client = await openClient(config);
  const deps = createDeps(context, config, client);
  const { db } = deps;
  try {
    await requireThisRelease(client, config);
    return await work({ config, client, db, deps });
  } finally {
    db.close();
  }
}

async function requireThisRelease(client: DatabaseClient, config: Config): Promise<void> {
  const applied = (await appliedMigrations(client)).at(-1) ?? 0;
  const newest = loadMigrations().at(-1)!.number;
  if (applied === newest) return;
  const name = databaseName(config.databaseUrl);
  throw applied < newest
    ? new Failure(
        exit.failed,
        `Database ${name} needs migration: it is at migration ${applied} of ${newest}.`,
        "Start this release of the server once; it migrates the database.",
      )
    : new Failure(
        exit.failed,
        `Database ${name} is from a later release: migration ${applied}, this release has ${newest}.`,
        "Use the later release.",
      );
}

function createDeps(context: Context, config: Config, client: DatabaseClient): Deps {
  const clock = createClock({ local: context.now, follow: false });
  const { now } = clock;
  const newId = createNewId(now);
  const log = createLog({ level: "warn", format: "text", now, write: context.log });
  const organization = organizationOf(config);
  const db = dbFor(organization, () => client, log);
  const stopping = new AbortController().signal;
  const unavailable = () => {
    throw new Error("admin commands send nothing");
  };
  const deps: Deps = {
    db,
    organizationId: organization.id,
    now,
    newId,
    requestId: newId(),
    defer: unavailable,
    watchInbox: unavailable,
    openSocket: unavailable,
    openApi: unavailable,
    post: unavailable,
    postToReceiver: unavailable,
    trace: null,
    keysFor: (purpose) => keysOf(config)(purpose),
    config,
    log,
    clientAddress: null,
    ...openAssets(),
    process: createSharedProcess({ clock, db, log, stopping, hashes: 1, mail: null, deps: () => deps }),
  };
  return deps;
}

/** Unlike the server, it creates no key. */
export function keysOf(config: Config): Deps["keysFor"] {
  const file = databaseFile(config.databaseUrl);
  if (config.secretKey === undefined && file !== undefined && !existsSync(keyFile(file))) {
    throw new Failure(
      exit.failed,
      `Key file ${keyFile(file)} not found.`,
      "Restore the key of this database. If it is lost, start the server once, which creates a new key, then run: belfry admin accept-key",
    );
  }
  return openKeys(config);
}

/** Turns errors of configuration and database into failures of the command. */
export async function withMachineErrors<T>(context: Context, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BackupError) throw new Failure(exit.failed, error.message, error.advice);
    if (error instanceof ApiError) throw new Failure(exit.failed, error.message, error.detail);
    if (error instanceof ConfigError) {
      throw new Failure(exit.failed, "Invalid configuration.", error.message.replaceAll(/^/gm, "  "));
    }
    if (
      error instanceof DatabaseOpenError ||
      (error instanceof DatabaseError && error.kind === "unavailable")
    )
      throw new Failure(exit.failed, describeFailure(error, databaseUrlOf(context)));
    throw error;
  }
}

function databaseUrlOf(context: Context): string | undefined {
  try {
    return parseConfig(context.environment, () => {}).databaseUrl;
  } catch {
    return undefined;
  }
}

/** The file of an embedded database's root key; undefined if the key is in the environment. */
export function keptKeyFile(config: Config): string | undefined {
  const file = databaseFile(config.databaseUrl);
  if (config.secretKey !== undefined || file === undefined) return undefined;
  return existsSync(keyFile(file)) ? keyFile(file) : undefined;
}
