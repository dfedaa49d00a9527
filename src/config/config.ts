// The environment, parsed once. Everything an operator can set, with its default and its error messages.
import * as z from "zod";
import {
  channelVariables,
  notificationVariables,
  toNotifications,
  type ConfigReport,
  type NotificationsConfig,
} from "./notifications.ts";
import {
  agentVariables,
  toAgents,
  type AgentsConfig,
  prebuildVariables,
  toPrebuilds,
  type PrebuildsConfig,
  taskVariables,
  toTaskMode,
  type TaskMode,
} from "./workspaces.ts";
import {
  contact,
  duration,
  flag,
  metricsToken,
  nearestName,
  proxyHeader,
  proxyOrigins,
  secretKey,
  webUrl,
} from "./values.ts";
import { retentionVariables, toRetention, type RetentionConfig } from "./retention.ts";
import { tracingVariables, toTracing } from "./tracing.ts";
import type { TracingConfig } from "../kernel/tracer.ts";
import { logLevels } from "../kernel/log.ts";
import type { Proxy } from "../kernel/rules/client-address.ts";

export type { NotificationsConfig } from "./notifications.ts";
export { parseDuration } from "./values.ts";

export const variables = {
  BELFRY_DATABASE_URL: z
    .string()
    .regex(
      /^(file:\S|(libsql|https?|wss?):\/\/[^\s/])/,
      "must be file:./data/belfry.db or libsql://host.example.com",
    )
    .default("file:./data/belfry.db"),
  BELFRY_DATABASE_AUTH_TOKEN: z.string().optional(),
  BELFRY_DATABASE_CLIENT: z
    .enum(["belfry", "official"], { error: "must be belfry or official" })
    .default("belfry"),
  BELFRY_ACCESS_URL: webUrl(["http:", "https:"]).optional(),
  BELFRY_HTTP_ADDRESS: z
    .string()
    .regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]*):\d{1,5}$/, "must be host:port, like 127.0.0.1:4747 or [::1]:4747")
    .default("127.0.0.1:4747"),
  BELFRY_PROXY_TRUSTED_HEADER: proxyHeader.optional(),
  BELFRY_PROXY_TRUSTED_ORIGINS: proxyOrigins.optional(),
  BELFRY_LOG_LEVEL: z.enum(logLevels, { error: `must be one of ${logLevels.join(", ")}` }).default("info"),
  BELFRY_LOG_FORMAT: z.enum(["text", "json"], { error: "must be text or json" }).optional(),
  BELFRY_ACCESS_LOG: flag(false),
  BELFRY_SECRET_KEY: secretKey.optional(),
  BELFRY_SECRET_KEY_PREVIOUS: secretKey.optional(),
  BELFRY_METRICS_TOKEN: metricsToken.optional(),
  BELFRY_SECURITY_CONTACT: contact.optional(),
  BELFRY_SESSION_DURATION: duration("7d"),
  BELFRY_MAX_TOKEN_LIFETIME: duration("876600h"),
  BELFRY_AUDIT_RETENTION: duration("90d"),
  ...retentionVariables,
  BELFRY_API_RATE_LIMIT: z
    .string()
    .regex(/^\d{1,7}$/, "must be a number of requests a minute, or 0 for no limit")
    .default("512"),
  ...notificationVariables,
  ...taskVariables,
  ...agentVariables,
  ...prebuildVariables,
  ...channelVariables,
  ...tracingVariables,
} satisfies Record<string, z.ZodType>;

/** The groups in which a name that we don't know is a mistake. */
const groups = [
  "BELFRY_NOTIFICATIONS_",
  "BELFRY_TASK_",
  "BELFRY_AGENT_SESSIONS_",
  "BELFRY_EMAIL_",
  "BELFRY_WORKSPACE_PREBUILDS_",
  "BELFRY_DATABASE_",
  "BELFRY_PROXY_",
];
/** Read by the command line or the test suite, not here. */
const foreign = /^BELFRY_(URL|SESSION_TOKEN|AGENT_TOKEN|CONFIG_DIR|TEST_\w+)$/;

export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export interface Config {
  databaseUrl: string;
  databaseAuthToken: string | undefined;
  /** Which client talks to a libSQL server; a file has one only. */
  databaseClient: "belfry" | "official";
  /** Without a trailing slash; what links in messages begin with. */
  accessUrl: string;
  host: string;
  port: number;
  /** Proxies whose header names the client's address; undefined: none. */
  proxy: Proxy | undefined;
  logLevel: z.infer<(typeof variables)["BELFRY_LOG_LEVEL"]>;
  logFormat: "text" | "json" | undefined;
  /** Whether each request is a line of the log. */
  accessLog: boolean;
  /** Base64; undefined when the runtime creates and keeps one. */
  secretKey: string | undefined;
  secretKeyPrevious: string | undefined;
  /** What a scraper from elsewhere sends; undefined: none may. */
  metricsToken: string | undefined;
  /** Where vulnerabilities are reported: a URI; undefined: nowhere is named. */
  securityContact: string | undefined;
  /** Milliseconds, as all durations here. */
  sessionDuration: number;
  maxTokenLifetime: number;
  auditRetention: number;
  retention: RetentionConfig;
  /** Requests a minute by one key or network; 0: as many as they like. */
  apiRateLimit: number;
  notifications: NotificationsConfig;
  tasks: TaskMode;
  agents: AgentsConfig;
  prebuilds: PrebuildsConfig;
  /** Where spans are sent; undefined: nowhere. */
  tracing: TracingConfig | undefined;
}

/** Port 0 means any free port: links must have the actual one. */
export const withPort = (config: Config, port: number): Config => ({
  ...config,
  port,
  accessUrl: config.accessUrl.replace(/:0$/, `:${port}`),
});

/** Throws `ConfigError` that names each wrong variable and what would be right; `warn` gets names that may be mistakes. */
export function parseConfig(
  environment: Record<string, string | undefined>,
  warn: (message: string) => void,
): Config {
  const given = Object.entries(environment).filter(
    ([name, value]) =>
      (name.startsWith("BELFRY_") || name in tracingVariables) && value !== undefined && value !== "",
  );
  const problems = given.flatMap(([name]) => problemWithName(name, warn));
  const parsed = z.object(variables).safeParse(Object.fromEntries(given));
  if (!parsed.success)
    problems.push(...parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`));
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  const config = toConfig(parsed.data!, { problem: (problem) => problems.push(problem), warn });
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  return config;
}

type Environment = z.infer<z.ZodObject<typeof variables>>;

function toConfig(env: Environment, complaints: ConfigReport): Config {
  const split = env.BELFRY_HTTP_ADDRESS.lastIndexOf(":");
  const host = env.BELFRY_HTTP_ADDRESS.slice(0, split).replace(/^\[|\]$/g, "") || "0.0.0.0";
  const port = Number(env.BELFRY_HTTP_ADDRESS.slice(split + 1));
  const shownHost =
    host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return {
    databaseUrl: env.BELFRY_DATABASE_URL,
    databaseAuthToken: env.BELFRY_DATABASE_AUTH_TOKEN,
    databaseClient: env.BELFRY_DATABASE_CLIENT,
    accessUrl: (env.BELFRY_ACCESS_URL ?? `http://${shownHost}:${port}`).replace(/\/+$/, ""),
    host,
    port,
    proxy: toProxy(env, complaints.problem),
    logLevel: env.BELFRY_LOG_LEVEL,
    logFormat: env.BELFRY_LOG_FORMAT,
    accessLog: env.BELFRY_ACCESS_LOG,
    secretKey: env.BELFRY_SECRET_KEY,
    secretKeyPrevious: env.BELFRY_SECRET_KEY_PREVIOUS,
    metricsToken: env.BELFRY_METRICS_TOKEN,
    securityContact: env.BELFRY_SECURITY_CONTACT,
    sessionDuration: env.BELFRY_SESSION_DURATION,
    maxTokenLifetime: env.BELFRY_MAX_TOKEN_LIFETIME,
    auditRetention: env.BELFRY_AUDIT_RETENTION,
    retention: toRetention(env),
    apiRateLimit: Number(env.BELFRY_API_RATE_LIMIT),
    notifications: toNotifications(env, complaints),
    tasks: toTaskMode(env),
    agents: toAgents(env),
    prebuilds: toPrebuilds(env),
    tracing: toTracing(env),
  };
}

/** Both are needed: a header alone would trust every client, origins alone none. */
function toProxy(env: Environment, problem: (message: string) => void): Proxy | undefined {
  const { BELFRY_PROXY_TRUSTED_HEADER: header, BELFRY_PROXY_TRUSTED_ORIGINS: origins } = env;
  if (header !== undefined && origins !== undefined) return { header, origins };
  if (header !== undefined) {
    problem(
      "BELFRY_PROXY_TRUSTED_ORIGINS: is missing; BELFRY_PROXY_TRUSTED_HEADER is set, and it is taken only from proxies named here, like 10.0.0.0/8",
    );
  }
  if (origins !== undefined) {
    problem(
      "BELFRY_PROXY_TRUSTED_HEADER: is missing; in which header do the proxies of BELFRY_PROXY_TRUSTED_ORIGINS say whom they speak for, like X-Forwarded-For?",
    );
  }
  return undefined;
}

/** A misspelt variable is an error that names the nearest known one; others (an orchestrator sets some) are a warning. */
function problemWithName(name: string, warn: (message: string) => void): string[] {
  if (name in variables || foreign.test(name)) return [];
  const nearest = nearestName(name, Object.keys(variables));
  if (nearest.distance <= 2 || groups.some((group) => name.startsWith(group))) {
    return [`${name}: unknown variable; did you mean ${nearest.name}?`];
  }
  warn(`${name} is not one of Belfry's variables and is ignored`);
  return [];
}
