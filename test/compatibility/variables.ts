// Coder's environment variables beside Belfry's.
import { absent, better, different, same, type Row } from "./row.ts";

const mail = (suffix: string, note = ""): Row =>
  same(`CODER_EMAIL_${suffix}`, note, `BELFRY_EMAIL_${suffix}`);
const notifications = (suffix: string) => `BELFRY_NOTIFICATIONS_${suffix}`;

const prebuilds = (suffix: string) => `BELFRY_WORKSPACE_PREBUILDS_${suffix}`;

export const variables: Row[] = [
  different(
    "CODER_NOTIFICATIONS_METHOD",
    "default: mail if set up, otherwise the webhook. Belfry doesn't start if the channel is not set up",
    notifications("METHOD"),
  ),
  same("CODER_NOTIFICATIONS_INBOX_ENABLED", "`true`", notifications("INBOX_ENABLED")),
  same("CODER_NOTIFICATIONS_WEBHOOK_ENDPOINT", "", notifications("WEBHOOK_ENDPOINT")),
  different(
    "CODER_NOTIFICATIONS_DISPATCH_TIMEOUT",
    "`10s` instead of `1m`",
    notifications("DISPATCH_TIMEOUT"),
  ),
  same("CODER_NOTIFICATIONS_MAX_SEND_ATTEMPTS", "`5`", notifications("MAX_SEND_ATTEMPTS")),
  better(
    "CODER_NOTIFICATIONS_RETRY_INTERVAL",
    "`30s`, then four times longer each time, an hour at most; Coder always waits `5m`",
    notifications("RETRY_INTERVAL"),
  ),
  different(
    "CODER_NOTIFICATIONS_FETCH_INTERVAL",
    "`15s`, only for retries: new messages are sent at once",
    notifications("FETCH_INTERVAL"),
  ),
  same("CODER_NOTIFICATIONS_LEASE_PERIOD", "`2m`", notifications("LEASE_PERIOD")),
  different("CODER_NOTIFICATIONS_LEASE_COUNT", "`50` instead of `20`", notifications("LEASE_COUNT")),
  absent("CODER_NOTIFICATIONS_STORE_SYNC_INTERVAL", "results are written as they come"),
  absent("CODER_NOTIFICATIONS_STORE_SYNC_BUFFER_SIZE", "results are written as they come"),
  better("CODER_EMAIL_FROM", "also with a display name: `Belfry <belfry@example.com>`", "BELFRY_EMAIL_FROM"),
  mail("SMARTHOST"),
  mail("HELLO", "`localhost`"),
  mail("FORCE_TLS", "`false`; implied by port 465"),
  mail("AUTH_IDENTITY"),
  better(
    "CODER_EMAIL_AUTH_USERNAME",
    "unknown authentication mechanisms are skipped",
    "BELFRY_EMAIL_AUTH_USERNAME",
  ),
  mail("AUTH_PASSWORD"),
  better(
    "CODER_EMAIL_AUTH_PASSWORD_FILE",
    "a trailing line break is ignored",
    "BELFRY_EMAIL_AUTH_PASSWORD_FILE",
  ),
  mail("TLS_STARTTLS", "`false`; if set, required"),
  mail("TLS_SERVERNAME"),
  mail("TLS_SKIPVERIFY", "`false`"),
  mail("TLS_CACERTFILE"),
  mail("TLS_CERTFILE"),
  mail("TLS_CERTKEYFILE"),
  absent("CODER_NOTIFICATIONS_EMAIL_*", "use `BELFRY_EMAIL_*`"),
  same("CODER_ACCESS_URL", "", "BELFRY_ACCESS_URL"),
  different("CODER_PROXY_TRUSTED_HEADERS", "one header", "BELFRY_PROXY_TRUSTED_HEADER"),
  same("CODER_PROXY_TRUSTED_ORIGINS", "", "BELFRY_PROXY_TRUSTED_ORIGINS"),
  same("CODER_HTTP_ADDRESS", "`127.0.0.1:4747`", "BELFRY_HTTP_ADDRESS"),
  different(
    "CODER_PG_CONNECTION_URL",
    "libSQL: a file, a server or Turso; no PostgreSQL",
    "BELFRY_DATABASE_URL",
  ),
  different("CODER_SESSION_DURATION", "`7d`, renewed by use", "BELFRY_SESSION_DURATION"),
  same("CODER_MAX_TOKEN_LIFETIME", "`876600h`", "BELFRY_MAX_TOKEN_LIFETIME"),
  different(
    "CODER_API_RATE_LIMIT",
    "`512` a minute by one key or network, for each process on Node; `0` for no limit",
    "BELFRY_API_RATE_LIMIT",
  ),
  better(
    "CODER_PROMETHEUS_ENABLE",
    "on the server's port: open on its machine, elsewhere with a token",
    "BELFRY_METRICS_TOKEN",
  ),
  same("CODER_URL", "for the command line", "BELFRY_URL"),
  same("CODER_SESSION_TOKEN", "for the command line", "BELFRY_SESSION_TOKEN"),
  same("CODER_CONFIG_DIR", "for the command line", "BELFRY_CONFIG_DIR"),
  same(
    "CODER_WORKSPACE_PREBUILDS_RECONCILIATION_INTERVAL",
    "`1m`, of all instances together",
    prebuilds("RECONCILIATION_INTERVAL"),
  ),
  same(
    "CODER_WORKSPACE_PREBUILDS_RECONCILIATION_BACKOFF_INTERVAL",
    "`1m`",
    prebuilds("RECONCILIATION_BACKOFF_INTERVAL"),
  ),
  same(
    "CODER_WORKSPACE_PREBUILDS_RECONCILIATION_BACKOFF_LOOKBACK_PERIOD",
    "`1h`",
    prebuilds("RECONCILIATION_BACKOFF_LOOKBACK_PERIOD"),
  ),
  same("CODER_WORKSPACE_PREBUILDS_FAILURE_HARD_LIMIT", "`3`, 0 for none", prebuilds("FAILURE_HARD_LIMIT")),
];

export const ownVariables: { name: string; what: string }[] = [
  { name: "BELFRY_DATABASE_AUTH_TOKEN", what: "the database server's token" },
  { name: "BELFRY_DATABASE_CLIENT", what: "which client talks to a libSQL server" },
  { name: "BELFRY_SECRET_KEY", what: "the secret from which all keys are derived" },
  { name: "BELFRY_SECRET_KEY_PREVIOUS", what: "the previous key, during a rotation" },
  { name: "BELFRY_NOTIFICATIONS_WEBHOOK_SECRET", what: "the key that signs webhook requests" },
  { name: "BELFRY_NOTIFICATIONS_PUSH_SERVICES", what: "the push services where browsers may subscribe" },
  { name: "BELFRY_NOTIFICATIONS_MESSAGE_RETENTION", what: "how long finished messages are kept" },
  {
    name: "BELFRY_NOTIFICATIONS_RECEIVERS_ALLOW_PRIVATE",
    what: "whether receivers may be in private networks",
  },
  {
    name: "BELFRY_NOTIFICATIONS_CUSTOM_PER_MINUTE",
    what: "how many people a minute get a custom notification by email, webhook or push",
  },
  { name: "BELFRY_NOTIFICATIONS_INBOX_RETENTION", what: "how long inbox notifications are kept" },
  { name: "BELFRY_TASK_NOTIFICATIONS", what: "how often AI tasks notify: `every` or `calm`" },
  { name: "BELFRY_TASK_IDLE_DWELL", what: "with `calm`, how long a task must be idle" },
  {
    name: "BELFRY_AGENT_SESSIONS_CALM",
    what: "how long a state of an agent's session must last to be notified",
  },
  {
    name: "BELFRY_WORKSPACE_PREBUILDS_MAX_PENDING",
    what: "how many jobs of prebuilds can wait for a provisioner",
  },
  {
    name: "BELFRY_SECURITY_CONTACT",
    what: "the contact for vulnerabilities in `/.well-known/security.txt`",
  },
  { name: "BELFRY_AUDIT_RETENTION", what: "how long the audit log is kept" },
  { name: "BELFRY_BUILD_LOG_RETENTION", what: "how long logs of builds are kept" },
  { name: "BELFRY_BUILD_RETENTION", what: "how long earlier builds and deleted workspaces are kept" },
  { name: "BELFRY_TEMPLATE_VERSION_RETENTION", what: "how long unused template versions are kept" },
  { name: "BELFRY_FILE_RETENTION", what: "how long unused files are kept" },
  { name: "BELFRY_ACCESS_LOG", what: "whether each request is a line of the log" },
  { name: "OTEL_EXPORTER_OTLP_ENDPOINT", what: "an OpenTelemetry collector that gets spans" },
  { name: "OTEL_EXPORTER_OTLP_HEADERS", what: "headers for the collector" },
  { name: "OTEL_SERVICE_NAME", what: "the name of the service in traces" },
  { name: "OTEL_TRACES_SAMPLER_ARG", what: "the share of traces to sample" },
  { name: "BELFRY_LOG_LEVEL", what: "how much is logged" },
  { name: "BELFRY_LOG_FORMAT", what: "text or JSON" },
];
