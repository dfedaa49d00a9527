// The root of all keys on Node: from the environment, or, for one process on one machine, made once and kept beside the
// database.
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ConfigError, type Config } from "../config/config.ts";
import { createKeys, type KeysFor } from "../kernel/crypto.ts";
import { databaseFile } from "./database.ts";

export function openKeys(config: Config): KeysFor {
  return createKeys(config.secretKey ?? keptKey(config), config.secretKeyPrevious);
}

/** The file that keeps the key of an embedded database. */
export const keyFile = (file: string) => join(dirname(file), "belfry.key");

function keptKey(config: Config): string {
  const file = databaseFile(config.databaseUrl);
  if (file === undefined || mustBeGiven(config)) {
    throw new ConfigError(
      "BELFRY_SECRET_KEY: is needed when Belfry listens beyond this machine or its database is a server, the same on every instance; make one with: openssl rand -base64 32",
    );
  }
  return keepKey(keyFile(file));
}

/** The key in a file, which is made if there is none. */
export function keepKey(path: string): string {
  try {
    // `wx`: two starts at once keep one key.
    writeFileSync(path, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFileSync(path, "utf8").trim();
}

/** Only one process on one machine may make its own. */
export const mustBeGiven = (config: Config): boolean =>
  config.secretKey === undefined &&
  (databaseFile(config.databaseUrl) === undefined || !isLoopback(config.host));

const isLoopback = (host: string) => host === "localhost" || host === "::1" || host.startsWith("127.");
