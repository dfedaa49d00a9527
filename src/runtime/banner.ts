// What the start prints: on a terminal what a person needs next, elsewhere one JSON line.
import type { RunningServer } from "./server.ts";

export function banner(server: RunningServer, terminal: boolean): string {
  const { config, address, databaseFile, prepared, setupCode } = server;
  const { webhook, mail } = config.notifications;
  if (!terminal) {
    const { applied, copy } = prepared;
    return JSON.stringify({
      msg: "belfry is listening",
      address,
      database: databaseFile ?? new URL(config.databaseUrl).host,
      webhook: webhook !== undefined,
      mail: mail !== undefined,
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
    `  webhook  ${webhook === undefined ? "off; set BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT to switch it on" : `on, to ${new URL(webhook.endpoint).host}`}`,
    `  mail     ${mail === undefined ? "off; set BELFRY_EMAIL_SMARTHOST and BELFRY_EMAIL_FROM to switch it on" : `on, through ${mail.host}:${mail.port}`}`,
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
