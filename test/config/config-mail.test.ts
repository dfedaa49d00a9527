// The variables for mail: what becomes of them, and what a mistake gets to hear.
import { describe, expect, test } from "vitest";
import { ConfigError, parseConfig } from "../../src/config/config.ts";

const mail = { BELFRY_EMAIL_FROM: "belfry@example.com", BELFRY_EMAIL_SMARTHOST: "smtp.example.com:587" };
const webhook = { BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: "https://hooks.example.com/belfry" };

function parse(environment: Record<string, string>) {
  const warnings: string[] = [];
  const { notifications } = parseConfig(environment, (message) => warnings.push(message));
  return { notifications, warnings };
}

describe("mail", () => {
  test("is not configured by default", () => {
    expect(parse({}).notifications).toMatchObject({
      channels: { smtp: undefined },
      defaultMethod: undefined,
    });
    expect(parse({ BELFRY_EMAIL_HELLO: "belfry.example.com" }).notifications.channels.smtp).toBeUndefined();
  });

  test("needs a sender and a server", () => {
    expect(parse(mail).notifications.channels.smtp).toEqual({
      from: { name: "", address: "belfry@example.com" },
      host: "smtp.example.com",
      port: 587,
      hello: "localhost",
      tls: false,
      startTls: false,
      serverName: "smtp.example.com",
      skipVerify: false,
      caFile: undefined,
      certFile: undefined,
      keyFile: undefined,
      login: undefined,
      timeout: 30_000,
    });
  });

  test("accepts every variable of Coder", () => {
    const { notifications, warnings } = parse({
      BELFRY_EMAIL_FROM: "Belfry <belfry@example.com>",
      BELFRY_EMAIL_SMARTHOST: "[::1]:2525",
      BELFRY_EMAIL_HELLO: "belfry.example.com",
      BELFRY_EMAIL_FORCE_TLS: "false",
      BELFRY_EMAIL_AUTH_IDENTITY: "alerts",
      BELFRY_EMAIL_AUTH_USERNAME: "belfry",
      BELFRY_EMAIL_AUTH_PASSWORD: "secret",
      BELFRY_EMAIL_AUTH_PASSWORD_FILE: "/run/secrets/mail",
      BELFRY_EMAIL_TLS_STARTTLS: "true",
      BELFRY_EMAIL_TLS_SERVERNAME: "mail.test",
      BELFRY_EMAIL_TLS_SKIPVERIFY: "true",
      BELFRY_EMAIL_TLS_CACERTFILE: "/ca.pem",
      BELFRY_EMAIL_TLS_CERTFILE: "/cert.pem",
      BELFRY_EMAIL_TLS_CERTKEYFILE: "/key.pem",
      BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT: "45s",
    });
    expect(notifications.channels.smtp).toEqual({
      from: { name: "Belfry", address: "belfry@example.com" },
      host: "::1",
      port: 2525,
      hello: "belfry.example.com",
      tls: false,
      startTls: true,
      serverName: "mail.test",
      skipVerify: true,
      caFile: "/ca.pem",
      certFile: "/cert.pem",
      keyFile: "/key.pem",
      login: {
        identity: "alerts",
        username: "belfry",
        password: "secret",
        passwordFile: "/run/secrets/mail",
      },
      timeout: 45_000,
    });
    expect(warnings).toEqual([]);
  });

  test("uses TLS from the start on port 465 or when forced, whatever STARTTLS says", () => {
    const { notifications, warnings } = parse({
      ...mail,
      BELFRY_EMAIL_SMARTHOST: "smtp.example.com:465",
      BELFRY_EMAIL_TLS_STARTTLS: "true",
    });
    expect(notifications.channels.smtp).toMatchObject({ tls: true, startTls: false });
    expect(warnings).toEqual([expect.stringContaining("BELFRY_EMAIL_TLS_STARTTLS is ignored")]);
    expect(parse({ ...mail, BELFRY_EMAIL_FORCE_TLS: "true" }).notifications.channels.smtp?.tls).toBe(true);
  });

  test.each([
    [{ BELFRY_EMAIL_FROM: mail.BELFRY_EMAIL_FROM }, "BELFRY_EMAIL_SMARTHOST: is missing"],
    [{ BELFRY_EMAIL_SMARTHOST: mail.BELFRY_EMAIL_SMARTHOST }, "BELFRY_EMAIL_FROM: is missing"],
    [{ ...mail, BELFRY_EMAIL_FROM: "Belfry" }, "is not an email address"],
    [{ ...mail, BELFRY_EMAIL_FROM: "a@b.example, c@d.example" }, "is not an email address"],
    [{ ...mail, BELFRY_EMAIL_SMARTHOST: "smtp.example.com" }, "smtp.example.com:587"],
    [{ ...mail, BELFRY_EMAIL_SMARTHOST: "smtp.example.com:0" }, "smtp.example.com:587"],
    [{ ...mail, BELFRY_EMAIL_SMARTHOST: "smtp.example.com:70000" }, "smtp.example.com:587"],
    [{ ...mail, BELFRY_EMAIL_HELLO: "not a name" }, "belfry.example.com"],
    [{ ...mail, BELFRY_EMAIL_FORCE_TLS: "yes" }, "neither true nor false"],
    [{ ...mail, BELFRY_EMAIL_AUTH_USERNAME: "belfry" }, "BELFRY_EMAIL_AUTH_PASSWORD: is missing"],
    [{ ...mail, BELFRY_EMAIL_AUTH_PASSWORD: "secret" }, "BELFRY_EMAIL_AUTH_USERNAME: is missing"],
    [{ ...mail, BELFRY_EMAIL_TLS_CERTFILE: "/cert.pem" }, "BELFRY_EMAIL_TLS_CERTKEYFILE: is missing"],
    [{ ...mail, BELFRY_EMAIL_TLS_CERTKEYFILE: "/key.pem" }, "BELFRY_EMAIL_TLS_CERTFILE: is missing"],
    [{ ...mail, BELFRY_NOTIFICATIONS_LEASE_PERIOD: "20s" }, "must be longer than the 30s"],
    [{ BELFRY_EMAIL_FORM: "a@b.example" }, "did you mean BELFRY_EMAIL_FROM?"],
    [{ BELFRY_NOTIFICATIONS_METHOD: "smtp", ...webhook }, "BELFRY_EMAIL_SMARTHOST and BELFRY_EMAIL_FROM"],
    [{ BELFRY_NOTIFICATIONS_METHOD: "webhook", ...mail }, "BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT"],
  ] as [Record<string, string>, string][])("%j is refused: %s", (environment, hint) => {
    expect(() => parse(environment)).toThrow(ConfigError);
    expect(() => parse(environment)).toThrow(hint);
  });

  test("a password in the wrong place is not repeated", () => {
    expect(() =>
      parse({ ...mail, BELFRY_EMAIL_SMARTHOST: "smtp://belfry:hunter2@smtp.example.com:587" }),
    ).toThrow(/^(?!.*hunter2)/s);
  });
});

test.each([
  [{ ...mail }, "smtp"],
  [{ ...webhook }, "webhook"],
  [{ ...mail, ...webhook }, "smtp"],
  [{ ...mail, ...webhook, BELFRY_NOTIFICATIONS_METHOD: "webhook" }, "webhook"],
  [{ ...mail, ...webhook, BELFRY_NOTIFICATIONS_METHOD: "smtp" }, "smtp"],
])("with %j the default channel is %s", (environment, method) => {
  expect(parse(environment).notifications.defaultMethod).toBe(method);
});
