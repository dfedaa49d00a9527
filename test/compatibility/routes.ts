// Coder's routes beside Belfry's: accounts, notifications, the service itself. Paths are below /api/v2 unless they are
// of the server's root.
import { absent, better, different, notOurs, same, type Row } from "./row.ts";

const trustworthy = "one clear error instead of 500";

export const serviceRoutes: Row[] = [
  same("GET /buildinfo", "the version is Belfry's"),
  different("GET /healthz", "JSON", "GET /healthz (root)"),
  better("GET /metrics", "on the server's own port; see the metrics below", "GET /metrics (root)"),
  absent("GET /deployment/config", "the environment is not shown to anybody"),
  absent("GET /deployment/stats", notOurs),
  absent("GET /entitlements", "there are no licences: everything is there for everybody"),
  absent("GET /experiments", "there are none"),
  absent("GET /updatecheck", "Belfry asks nobody whether there is a newer one"),
  absent("POST /authcheck", "`GET /users/roles` and clear errors do"),
  absent("GET /appearance", notOurs),
  different(
    "GET /audit",
    "newest first with a cursor, not `limit` and `offset`; entries have another shape",
    "GET /audit",
  ),
];

export const accountRoutes: Row[] = [
  same("GET /users/first", "404 until there is one"),
  better(
    "POST /users/first",
    "from another machine it takes the one-time set-up code that the server prints, so that a stranger can't be the first",
  ),
  same("POST /users/login"),
  same("POST /users/logout"),
  same("GET /users/authmethods", "password only"),
  better(
    "POST /users/validate-password",
    "also with `email` and `username`, which a password may not be made of",
  ),
  better(
    "POST /users/otp/request",
    "by mail alone; three codes wait at most, so nobody can replace somebody's",
  ),
  better("POST /users/otp/change-password", "five tries end a code; who has it is told of the change"),
  absent("GET /users/oauth2/github/callback", "no sign-in by GitHub or OpenID Connect"),
  absent("GET /users/oidc/callback", "no sign-in by GitHub or OpenID Connect"),
  same("GET /users", "`q` knows words, `status:` and `role:`; another filter is a 400 that says so"),
  same("POST /users", "`login_type` must be `password`; there are no accounts without one"),
  same("GET /users/{user}"),
  same("DELETE /users/{user}", "the last owner stays"),
  same("PUT /users/{user}/profile"),
  better("PUT /users/{user}/password", "ends the user's other sessions and tokens"),
  different("GET /users/roles", "lists of single permissions are empty"),
  same("GET /users/{user}/roles"),
  same("PUT /users/{user}/roles", "owner, user-admin, template-admin, auditor"),
  same("PUT /users/{user}/status/suspend", "ends sessions and tokens at once"),
  same("PUT /users/{user}/status/activate"),
  absent("GET /users/{user}/login-type", "it is in the user"),
  absent("GET /users/{user}/appearance", "pages follow the browser's light or dark"),
  absent("PUT /users/{user}/appearance", "pages follow the browser's light or dark"),
  absent("GET /users/{user}/gitsshkey", notOurs),
  absent("POST /users/{user}/convert-login", "there is one way to sign in"),
  same("POST /users/{user}/keys"),
  better(
    "POST /users/{user}/keys/tokens",
    "scopes `all` (also `coder:all`), `read` and `notify`; no lists of single permissions, and `allow_list` only as `*:*`",
  ),
  same("GET /users/{user}/keys/tokens"),
  same("GET /users/{user}/keys/tokens/tokenconfig", "one longest life, `BELFRY_MAX_TOKEN_LIFETIME`"),
  same("GET /users/{user}/keys/tokens/{name}"),
  same("GET /users/{user}/keys/{id}"),
  same("DELETE /users/{user}/keys/{id}"),
  same("GET /organizations", "one, `default`; everybody belongs to it"),
  same("GET /organizations/{organization}"),
  same("GET /users/{user}/organizations"),
  same("GET /users/{user}/organizations/{organization}"),
  absent("POST /organizations", "there is one"),
  absent("GET /organizations/{organization}/members", "everybody is one: `GET /users`"),
  absent("GET /organizations/{organization}/groups", "no groups"),
];

export const notificationRoutes: Row[] = [
  same("GET /notifications/settings"),
  same("PUT /notifications/settings", "304 when nothing changes"),
  same("GET /notifications/templates/system", "titles and bodies are Liquid, not Go templates"),
  same("GET /notifications/templates/custom"),
  better(
    "PUT /notifications/templates/{id}/method",
    "without a licence; `DELETE` goes back to the deployment's default",
  ),
  same("GET /notifications/dispatch-methods"),
  better(
    "POST /notifications/test",
    "to somebody else too (`{user}`); says the id of the event, which leads to what came of it",
  ),
  better(
    "POST /notifications/custom",
    `owners may name other users and roles; takes plain text; a duplicate is 409: ${trustworthy}`,
  ),
  same("GET /users/{user}/preferences", "what the dashboard remembers; Belfry's pages don't use it"),
  same("PUT /users/{user}/preferences", "`task_notification_alert_dismissed`"),
  same("GET /users/{user}/notifications/preferences", "`null` when nothing is chosen"),
  better("PUT /users/{user}/notifications/preferences", `an unknown kind is 400: ${trustworthy}`),
  better("GET /notifications/inbox", "a bad `read_status` is named as what it is"),
  better(
    "GET /notifications/inbox/watch",
    "ends when the key does; a reader who falls behind is told to come again",
  ),
  better("PUT /notifications/inbox/{id}/read-status", `somebody else's is 404: ${trustworthy}`),
  same("PUT /notifications/inbox/mark-all-as-read"),
  absent("POST /users/{user}/webpush/subscription", notOurs),
  absent("DELETE /users/{user}/webpush/subscription", notOurs),
  absent("POST /users/{user}/webpush/test", notOurs),
];

/** What Coder has no counterpart of; the test wants each route of ours either here or above. */
export const ownRoutes: { route: string; what: string }[] = [
  { route: "GET /openapi.json", what: "this API as OpenAPI 3.1, made from what checks the requests" },
  { route: "GET /readyz (root)", what: "ready to work: database, migrations, last tick" },
  { route: "GET /notifications/messages", what: "the delivery log: who got what, by which way, and why not" },
  { route: "GET /notifications/messages/{id}", what: "one delivery with every try" },
  { route: "POST /notifications/messages/{id}/retry", what: "once more what has failed for good" },
  { route: "GET /notifications/inbox/events", what: "the live inbox as server-sent events, resumable" },
  { route: "GET /notifications/templates/{id}/versions", what: "the texts that a kind has had" },
  { route: "POST /notifications/templates/{id}/versions", what: "another text, tried out before it is kept" },
  { route: "PUT /notifications/templates/{id}/version", what: "which text is sent; also the way back" },
  { route: "POST /notifications/templates/{id}/preview", what: "what a text becomes" },
  { route: "DELETE /notifications/templates/{id}/method", what: "back to the default way" },
];
