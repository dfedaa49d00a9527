// Messages of a start: next steps on a terminal, else one JSON line; and fatal errors, with a remedy for an operator or the
// stack of a bug.
import type { Channel } from "../notifications/channels/channel.ts";
import { externalChannels, type ChannelSettings, type Method } from "../notifications/channels/index.ts";
import type { RunningServer } from "./server.ts";
import { DatabaseError, ServerRefusal } from "../../db/errors.ts";
import { NewerDatabaseError } from "../../db/migrate.ts";
import { ConfigError } from "../config/config.ts";
import { databaseFile, databaseName, DatabaseOpenError, describeFileFailure } from "./database.ts";

export function banner(server: RunningServer, terminal: boolean): string {
  const { config, address, databaseFile, prepared, setupCode } = server;
  if (!terminal) {
    const { applied, copy } = prepared;
    return JSON.stringify({
      msg: "belfry is listening",
      address,
      database: databaseFile ?? new URL(config.databaseUrl).host,
      ...Object.fromEntries(
        externalChannels.map(({ id, label }) => [
          label.toLowerCase(),
          config.notifications.channels[id] !== undefined,
        ]),
      ),
      migrations: applied,
      ...(copy === undefined ? {} : { copy }),
      ...(setupCode === undefined ? {} : { setup_code: setupCode }),
    });
  }
  const lines = [
    `Belfry is listening on ${address}`,
    "",
    `  data     ${databaseFile ?? new URL(config.databaseUrl).host}`,
    ...(prepared.copy === undefined ? [] : [`  copy     ${prepared.copy} (from before the upgrade)`]),
    ...externalChannels.map((channel) => channelLine(channel, config.notifications.channels)),
    "",
  ];
  if (setupCode === undefined)
    lines.push(`Send a message:  npx belfry notifications custom "Build done" "All tests passed"`);
  else {
    lines.push(
      `Next:  open ${address} and create the first user (from another machine with the code ${setupCode}),`,
    );
    lines.push(`       or npx belfry login ${address}`);
    lines.push(`Then:  npx belfry notifications custom "Hello" "It works"`);
  }
  return lines.join("\n");
}

function channelLine({ id, label, needs, receiver }: Channel<Method>, settings: ChannelSettings): string {
  const own = settings[id];
  const state =
    own === undefined ? `off; set ${needs.join(" and ")} to enable it` : `on, to ${receiver(own)}`;
  return `  ${label.toLowerCase().padEnd(8)} ${state}`;
}

/** `databaseUrl`: the database of the program, if known. */
export function describeFailure(error: unknown, databaseUrl: string | undefined): string {
  if ([ConfigError, NewerDatabaseError, DatabaseOpenError].some((kind) => error instanceof kind))
    return (error as Error).message;
  if (error instanceof DatabaseError && error.kind === "unavailable") {
    const file = databaseUrl === undefined ? undefined : databaseFile(databaseUrl);
    if (file !== undefined && error.code.startsWith("SQLITE_")) return describeFileFailure(file, error);
    const name = databaseUrl === undefined ? "The database" : `The database ${databaseName(databaseUrl)}`;
    return isTokenRejected(error)
      ? `${name} rejects the token: set BELFRY_DATABASE_AUTH_TOKEN to one with write access.`
      : `${name} can't be used: ${error.message}. Check that it runs, and BELFRY_DATABASE_URL.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function isTokenRejected(error: unknown): boolean {
  if (error instanceof ServerRefusal) return error.status === 401 || error.status === 403;
  return error instanceof Error && error.cause !== undefined && isTokenRejected(error.cause);
}
