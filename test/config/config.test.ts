// The environment: defaults, and what a mistake in it gets to hear.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError, parseConfig, parseDuration } from "../../src/config/config.ts";

function parse(environment: Record<string, string>) {
  const warnings: string[] = [];
  return { config: parseConfig(environment, (message) => warnings.push(message)), warnings };
}

describe("configuration", () => {
  test("needs no variable", () => {
    const { config, warnings } = parse({ PATH: "/bin" });
    expect(config).toMatchObject({
      databaseUrl: "file:./data/belfry.db",
      accessUrl: "http://127.0.0.1:4747",
      host: "127.0.0.1",
      port: 4747,
      notifications: {
        defaultMethod: undefined,
        channels: { inbox: { isEnabled: true } },
        maxSendAttempts: 5,
        dispatchTimeout: 10_000,
      },
    });
    expect(warnings).toEqual([]);
  });

  test("an empty variable counts as unset", () => {
    expect(parse({ BELFRY_HTTP_ADDRESS: "" }).config.port).toBe(4747);
  });

  test.each([
    ["0.0.0.0:80", "0.0.0.0", 80, "http://localhost:80"],
    ["[::1]:4747", "::1", 4747, "http://[::1]:4747"],
    [":8080", "0.0.0.0", 8080, "http://localhost:8080"],
  ])("listens on %s", (address, host, port, accessUrl) => {
    expect(parse({ BELFRY_HTTP_ADDRESS: address }).config).toMatchObject({ host, port, accessUrl });
  });

  test.each([
    [{ BELFRY_NOTIFICATIONS_METHD: "smtp" }, "BELFRY_NOTIFICATIONS_METHOD"],
    [{ BELFRY_LOG_LEVLE: "info" }, "BELFRY_LOG_LEVEL"],
    [{ BELFRY_NOTIFICATIONS_FETCH_INTERVAL: "15" }, "30s"],
    [{ BELFRY_NOTIFICATIONS_MAX_SEND_ATTEMPTS: "many" }, "whole number from 1 to 100"],
    [{ BELFRY_NOTIFICATIONS_INBOX_ENABLED: "yes" }, "neither true nor false"],
    [{ BELFRY_HTTP_ADDRESS: "4747" }, "127.0.0.1:4747"],
    [{ BELFRY_DATABASE_URL: "belfry.db" }, "file:./data/belfry.db"],
    [{ BELFRY_DATABASE_URL: "postgres://db.example.com/x" }, "libsql://host.example.com"],
    [{ BELFRY_LOG_LEVEL: "loud" }, "debug, info, warn, error"],
    [{ BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: "example.com/hook" }, "https://hooks.example.com/belfry"],
    [{ BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: "secret" }, "whsec_"],
    [{ BELFRY_NOTIFICATIONS_LEASE_PERIOD: "5s" }, "must be shorter than BELFRY_NOTIFICATIONS_LEASE_PERIOD"],
    [{ BELFRY_ACCESS_URL: "ftp://a.example" }, "https://host.example.com"],
  ] as [Record<string, string>, string][])("%j is refused: %s", (environment, hint) => {
    const name = Object.keys(environment)[0]!;
    expect(() => parse(environment)).toThrow(ConfigError);
    expect(() => parse(environment)).toThrow(hint);
    expect(() => parse(environment)).toThrow(new RegExp(`${name}|DISPATCH_TIMEOUT`));
  });

  test("all errors are reported together", () => {
    const mistakes = { BELFRY_LOG_LEVEL: "x", BELFRY_LOG_FORMAT: "y", BELFRY_NOTIFICATIONS_NONSENSE: "1" };
    for (const name of Object.keys(mistakes)) expect(() => parse(mistakes)).toThrow(name);
  });

  test("a wrong secret is not repeated in the message", () => {
    expect(() => parse({ BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: "hunter2-hunter2" })).toThrow(
      /^(?!.*hunter2)/s,
    );
  });

  test.each([
    "https://ada:hunter2@",
    "ftp://ada:hunter2@a.example",
    "https://a:hunter2%zz@a.example",
    "https://a%3Ab:hunter2@a.example",
  ])(
    "a wrong address of a webhook (%s) is not repeated in the message: it may hold a password",
    (address) => {
      const environment = { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: address };
      expect(() => parse(environment)).toThrow(/^(?!.*hunter2).*WEBHOOK_ENDPOINT/s);
    },
  );

  test("a webhook's URL is kept without its credentials", () => {
    const webhookAt = (address: string) =>
      parse({ BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: address }).config.notifications.channels.webhook;
    expect(webhookAt("https://ada:p%40ss@hooks.example.com/x?y=1")).toEqual({
      endpoint: "https://hooks.example.com/x?y=1",
      authorization: "Basic YWRhOnBAc3M=",
      key: undefined,
      timeout: 10_000,
    });
    expect(webhookAt("https://hooks.example.com")).toMatchObject({
      endpoint: "https://hooks.example.com",
      authorization: undefined,
    });
  });

  test("unknown variables of an orchestrator are a warning", () => {
    const { warnings } = parse({
      BELFRY_SERVICE_HOST: "10.0.0.1",
      BELFRY_PORT_4747_TCP: "tcp://10.0.0.1:4747",
    });
    expect(warnings).toHaveLength(2);
  });

  test("the webhook is the default channel once it is configured", () => {
    const { config } = parse({ BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: "http://127.0.0.1:9/hook" });
    expect(config.notifications).toMatchObject({
      defaultMethod: "webhook",
      channels: { webhook: { key: undefined } },
    });
  });

  test("durations add up", () => {
    expect(["250ms", "90s", "1h30m", "7d", "1.5h"].map(parseDuration)).toEqual([
      250, 90_000, 5_400_000, 604_800_000, 5_400_000,
    ]);
    expect(["", "5", "5 m", "m", "1h-3m", "-5m", "5mm"].map(parseDuration)).toEqual(Array(7).fill(undefined));
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(59), (hours, minutes) => {
        expect(parseDuration(`${hours}h${minutes}m`)).toBe((hours * 60 + minutes) * 60_000);
      }),
    );
  });
});
