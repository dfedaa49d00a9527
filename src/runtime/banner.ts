// What the start prints: on a terminal what a person needs next, elsewhere one JSON line.
import type { Channel } from "../notifications/channels/channel.ts";
import { externalChannels, type ChannelSettings, type Method } from "../notifications/channels/index.ts";
import type { RunningServer } from "./server.ts";

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
    ...(prepared.copy === undefined ? [] : [`  copy     ${prepared.copy} (made before the upgrade)`]),
    ...externalChannels.map((channel) => channelLine(channel, config.notifications.channels)),
    "",
  ];
  if (setupCode === undefined)
    lines.push(`Send a message:  npx belfry notifications custom "Build done" "All tests passed"`);
  else {
    lines.push(
      `Next:  open ${address} and make the first user (from another machine with the code ${setupCode}),`,
    );
    lines.push(`       or npx belfry login ${address}`);
    lines.push(`Then:  npx belfry notifications custom "Hello" "It works"`);
  }
  return lines.join("\n");
}

function channelLine({ id, label, needs, receiver }: Channel<Method>, settings: ChannelSettings): string {
  const own = settings[id];
  const state =
    own === undefined ? `off; set ${needs.join(" and ")} to switch it on` : `on, to ${receiver(own)}`;
  return `  ${label.toLowerCase().padEnd(8)} ${state}`;
}
