// Coder's routes beside Belfry's: accounts, notifications, the service itself. Paths are below /api/v2 unless they are
// of the server's root.
import { absent, better, different, notOurs, same, type Row } from "./row.ts";

const trustworthy = "instead of 500";

export const serviceRoutes: Row[] = [
  same("GET /buildinfo", "the version is Belfry's"),
  different("GET /healthz", "JSON", "GET /healthz (root)"),
  better("GET /metrics", "on the server's own port; see the metrics below", "GET /metrics (root)"),
  absent("GET /deployment/config", "nobody can read the configuration over the API"),
  absent("GET /deployment/stats", notOurs),
  absent("GET /entitlements", "no licenses"),
  absent("GET /experiments", "none exist"),
  absent("GET /updatecheck", "Belfry doesn't check for updates"),
  absent("POST /authcheck", "use `GET /users/roles`"),
  absent("GET /appearance", notOurs),
  different(
    "GET /audit",
    "newest first with a cursor, not `limit` and `offset`; entries have another shape",
    "GET /audit",
  ),
];

export const accountRoutes: Row[] = [
  same("GET /users/first", "404 until it exists"),
  better(
    "POST /users/first",
    "from another machine it requires the one-time setup code that the server prints",
  ),
  same("POST /users/login"),
  same("POST /users/logout"),
  same("GET /users/authmethods", "password only"),
  better("POST /users/validate-password", "also checks against `email` and `username`"),
  better(
    "POST /users/otp/request",
    "by mail only; at most three valid codes, so nobody can invalidate another user's",
  ),
  better(
    "POST /users/otp/change-password",
    "five attempts invalidate a code; the user is notified of the change",
  ),
  absent("GET /users/oauth2/github/callback", "no sign-in by GitHub or OpenID Connect"),
  absent("GET /users/oidc/callback", "no sign-in by GitHub or OpenID Connect"),
  same("GET /users", "`q` supports words, `status:` and `role:`; other filters are a 400"),
  same("POST /users", "`login_type` must be `password`"),
  same("GET /users/{user}"),
  same("DELETE /users/{user}", "not the last owner"),
  same("PUT /users/{user}/profile"),
  better("PUT /users/{user}/password", "ends the user's other sessions and tokens"),
  different("GET /users/roles", "lists of permissions are empty"),
  same("GET /users/{user}/roles"),
  same("PUT /users/{user}/roles", "owner, user-admin, template-admin, auditor"),
  same("PUT /users/{user}/status/suspend", "ends sessions and tokens at once"),
  same("PUT /users/{user}/status/activate"),
  absent("GET /users/{user}/login-type", "part of the user"),
  absent("GET /users/{user}/appearance", "pages follow the browser's light or dark"),
  absent("PUT /users/{user}/appearance", "pages follow the browser's light or dark"),
  absent("GET /users/{user}/gitsshkey", notOurs),
  absent("POST /users/{user}/convert-login", "passwords are the only way to sign in"),
  same("POST /users/{user}/keys"),
  better(
    "POST /users/{user}/keys/tokens",
    "scopes `all` (also `coder:all`), `read` and `notify`; no lists of permissions; `allow_list` only as `*:*`",
  ),
  same("GET /users/{user}/keys/tokens"),
  same("GET /users/{user}/keys/tokens/tokenconfig", "one maximum, `BELFRY_MAX_TOKEN_LIFETIME`"),
  same("GET /users/{user}/keys/tokens/{name}"),
  same("GET /users/{user}/keys/{id}"),
  same("DELETE /users/{user}/keys/{id}"),
  same("GET /organizations", "one, `default`, with every user"),
  same("GET /organizations/{organization}"),
  same("GET /users/{user}/organizations"),
  same("GET /users/{user}/organizations/{organization}"),
  absent("POST /organizations", "there is only one"),
  absent("GET /organizations/{organization}/members", "every user is a member: `GET /users`"),
  absent("GET /organizations/{organization}/groups", "no groups"),
];

export const notificationRoutes: Row[] = [
  same("GET /notifications/settings"),
  same("PUT /notifications/settings", "304 when nothing changes"),
  same("GET /notifications/templates/system", "titles and bodies are Liquid, not Go templates"),
  same("GET /notifications/templates/custom"),
  better(
    "PUT /notifications/templates/{id}/method",
    "without a license; `DELETE` restores the default channel",
  ),
  same("GET /notifications/dispatch-methods"),
  better(
    "POST /notifications/test",
    "also to another user (`{user}`); returns the event's id, for the delivery log",
  ),
  better(
    "POST /notifications/custom",
    `owners can name users and roles; accepts plain text; a duplicate is 409 ${trustworthy}`,
  ),
  same("GET /users/{user}/preferences", "for Coder's dashboard; Belfry's pages don't use it"),
  same("PUT /users/{user}/preferences", "`task_notification_alert_dismissed`"),
  same("GET /users/{user}/notifications/preferences", "`null` without preferences"),
  better("PUT /users/{user}/notifications/preferences", `an unknown kind is 400 ${trustworthy}`),
  better(
    "GET /notifications/inbox",
    "an invalid `read_status` is named in the error; what is done is left out, or listed with `done=true`",
  ),
  better("GET /notifications/inbox/watch", "ends when the key expires; slow readers are disconnected"),
  better("PUT /notifications/inbox/{id}/read-status", `another user's is 404 ${trustworthy}`),
  same("PUT /notifications/inbox/mark-all-as-read"),
  absent("POST /users/{user}/webpush/subscription", notOurs),
  absent("DELETE /users/{user}/webpush/subscription", notOurs),
  absent("POST /users/{user}/webpush/test", notOurs),
];

/** What Coder has no counterpart of; the test wants each route of ours either here or above. */
export const ownRoutes: { route: string; what: string }[] = [
  { route: "GET /openapi.json", what: "this API as OpenAPI 3.1" },
  { route: "GET /readyz (root)", what: "readiness: database, migrations, last periodic run" },
  { route: "GET /users/{user}/sessions", what: "where a user is signed in" },
  { route: "DELETE /users/{user}/sessions", what: "sign out everywhere but here" },
  { route: "POST /workspaces/{id}/restart", what: "a stop that a start follows" },
  { route: "GET /users/{user}/waiting", what: "what waits for you, oldest first" },
  { route: "PUT /agent-sessions/{key}", what: "report what an AI agent is doing" },
  { route: "GET /agent-sessions", what: "your AI agents' sessions" },
  { route: "GET /agent-sessions/{key}", what: "one of them" },
  { route: "GET /situations", what: "what lasts, open or resolved" },
  {
    route: "GET /users/{user}/notifications/own-actions",
    what: "whether a user is notified of what they did themselves",
  },
  { route: "PUT /users/{user}/notifications/own-actions", what: "changes that" },
  { route: "GET /notifications/messages", what: "the delivery log: recipients, channels, reasons" },
  {
    route: "GET /notifications/events/{id}/recipients/{user}",
    what: "why a user got an event, or did not",
  },
  { route: "GET /notifications/messages/{id}", what: "a message with every attempt" },
  { route: "GET /users/{user}/notifications/channels", what: "the channels that a user gets each kind by" },
  { route: "PUT /users/{user}/notifications/channels", what: "enable or disable one channel of one kind" },
  { route: "POST /notifications/messages/{id}/retry", what: "retry a message that failed permanently" },
  { route: "POST /notifications/messages/{id}/withdraw", what: "withdraw an unsent message" },
  { route: "POST /notifications/messages/retry", what: "retry all failed messages of a filter" },
  { route: "POST /notifications/messages/withdraw", what: "withdraw all unsent messages of a filter" },
  {
    route: "PUT /notifications/inbox/{id}/done-status",
    what: "done with a notification, or back to the inbox",
  },
  {
    route: "PUT /notifications/inbox/{id}/snooze-status",
    what: "snooze a notification until a time, or end it",
  },
  {
    route: "POST /notifications/inbox/{id}/mute",
    what: "mute the workspace, template or preset that it is about",
  },
  { route: "GET /notifications/mutes", what: "what you have muted" },
  { route: "DELETE /notifications/mutes/{id}", what: "unmute" },
  { route: "PUT /notifications/inbox/mark-all-as-done", what: "done with everything in the inbox" },
  { route: "GET /notifications/inbox/events", what: "the live inbox as server-sent events, resumable" },
  { route: "GET /notifications/templates/{id}/versions", what: "versions of a template" },
  {
    route: "POST /notifications/templates/{id}/versions",
    what: "a new version, validated before it is stored",
  },
  { route: "PUT /notifications/templates/{id}/version", what: "activate a version" },
  { route: "POST /notifications/templates/{id}/preview", what: "render a template" },
  { route: "GET /notifications/templates/choices", what: "all kinds with defaults and authors" },
  { route: "PUT /notifications/templates/{id}/choices", what: "a kind's default; disable it for everybody" },
  { route: "DELETE /notifications/templates/{id}/method", what: "restore the default channel" },
];
