// Who may open each page and send each form, decided: by mia's session or somebody else's, or none. A page without a row
// fails the suite (test/accounts/who-may.test.ts): decide, then add it.
import { callers, type Caller } from "./everybody.ts";

const everybody = callers;
/** Whoever has a session of their own. */
const people: readonly Caller[] = ["mia", "bob", "template-admin", "user-admin", "auditor", "owner"];
const readers: readonly Caller[] = [...people, "read"];
const userAdmins: readonly Caller[] = ["user-admin", "owner"];
const whoSeesWorkspaces: readonly Caller[] = ["mia", "template-admin", "auditor", "owner", "read"];

interface Page {
  who: readonly Caller[];
  /** Where it is for mia's things; without it as in the route. `inbox`, `question` and `preset` stand for ids. */
  path?: string;
  form?: Record<string, string>;
}
const testKind = "/deployment/notifications/templates/c425f63e-716a-4bf4-ae24-78348f706c3f";
const email = "mia@example.com";

export const pages: Record<string, Page> = {
  "GET /assets/:version{[0-9a-f]{12}}/:name": { who: everybody, path: "/assets/0123456789ab/icon.svg" },
  "GET /assets/:name": { who: everybody, path: "/assets/icon.svg" },
  // Nobody's, until a contact is configured.
  "GET /.well-known/security.txt": { who: [] },
  "GET /favicon.ico": { who: everybody },
  "GET /docs/*": { who: everybody, path: "/docs" },
  "GET /": { who: everybody },
  "GET /login": { who: everybody },
  "POST /login": { who: everybody, form: { email, password: "a-good-password-of-mia-9" } },
  "POST /logout": { who: everybody },
  "GET /setup": { who: everybody },
  "POST /setup": { who: everybody, form: { email: "second@example.com", username: "second" } },
  "GET /reset-password": { who: everybody },
  "POST /reset-password": { who: everybody, form: { email } },
  "GET /reset-password/change": { who: everybody },
  "POST /reset-password/change": {
    who: everybody,
    form: { email, one_time_passcode: "7KQM-40618253", password: "another-good-one-17" },
  },
  // What lets in is the token in the address, and these have none.
  "GET /unsubscribe": { who: [] },
  "POST /unsubscribe": { who: [] },
  "GET /inbox": { who: readers },
  "POST /inbox/:all{(?:read-all|done-all)}": { who: people, path: "/inbox/read-all" },
  "POST /inbox/selected/:mark{(?:done|inbox|read|unread)}": {
    who: ["mia"],
    path: "/inbox/selected/read?id=:inbox",
  },
  "GET /inbox/snooze": { who: ["mia", "read"], path: "/inbox/snooze?id=:inbox" },
  "POST /inbox/snooze": { who: ["mia"], path: "/inbox/snooze?id=:inbox", form: { until: "hour" } },
  "POST /inbox/items/:id/mute": { who: ["mia"], path: "/inbox/items/:inbox/mute" },
  "POST /settings/mutes/:id/lift": { who: people, path: "/settings/mutes/none/lift" },
  "POST /settings/time-zone": { who: people, form: { zone: "UTC" } },
  "POST /settings/notifications/reset": { who: people },
  "GET /settings/digest": { who: readers },
  "POST /settings/digest": { who: people, form: { every: "daily", hour: "8", weekday: "0", zone: "UTC" } },
  "POST /settings/notifications/only-needs-me": { who: people },
  "POST /settings/notifications/only-needs-me/undo": { who: people },
  "POST /settings/chats": {
    who: people,
    form: { name: "new", format: "ntfy", address: "https://spare.invalid/x", secret: "" },
  },
  "POST /settings/chats/:chat/code": { who: ["mia"], path: "/settings/chats/spare/code" },
  "POST /settings/chats/:chat/confirm": {
    who: ["mia"],
    path: "/settings/chats/spare/confirm",
    form: { code: "000000" },
  },
  "POST /settings/chats/:chat/delete": { who: ["mia"], path: "/settings/chats/spare/delete" },
  "POST /settings/quiet-hours": {
    who: people,
    form: { mon: "on", from: "22:00", to: "07:00", zone: "UTC" },
  },
  "POST /settings/quiet-hours/remove": { who: people, form: { range: "Mon 22:00–07:00" } },
  "POST /settings/quiet-hours/critical": { who: people, form: { critical: "on" } },
  "POST /inbox/undo": { who: people, form: { at: "1" } },
  // Her message has no button.
  "POST /inbox/items/:id/follow": { who: [], path: "/inbox/items/:inbox/follow", form: { action: "0" } },
  "POST /settings/push": { who: people },
  "POST /settings/push/:id/remove": { who: people, path: "/settings/push/none/remove" },
  "GET /service-worker.js": { who: everybody },
  "GET /inbox/events": { who: readers },
  "GET /inbox/items/:id": { who: ["mia", "read"], path: "/inbox/items/:inbox" },
  "POST /inbox/items/:id/:mark{(?:read|unread|done|inbox)}": {
    who: ["mia"],
    path: "/inbox/items/:inbox/read",
  },
  "GET /deployment/notifications/messages/:id": {
    who: ["mia", "auditor", "owner", "read"],
    path: "/deployment/notifications/messages/:inbox",
  },
  "GET /inbox/needs-you": { who: readers },
  "GET /questions/:id": { who: ["mia", "read"], path: "/questions/:question" },
  "POST /questions/:id": { who: ["mia"], path: "/questions/:question", form: { option: "Yes" } },
  "GET /agents": { who: readers },
  "GET /settings/notifications": { who: readers },
  "POST /settings/notifications": { who: people },
  "POST /settings/notifications/own-actions": { who: people, form: { notify: "on" } },
  "GET /settings/account": { who: readers },
  // A wrong password is refused in the form.
  "POST /settings/account/password": { who: people, form: { old_password: "wrong", password: "another-17" } },
  "POST /settings/account/tokens": { who: people, form: { token_name: "new", scope: "read", lifetime: "7" } },
  "POST /settings/account/keys/:id/revoke": { who: ["mia"], path: "/settings/account/keys/:key/revoke" },
  "POST /settings/account/sessions/end-others": { who: people },
  "GET /cli-auth": { who: readers },
  "POST /cli-auth": { who: people },
  "GET /deployment/notifications": { who: readers },
  "POST /deployment/notifications/test": { who: ["owner"] },
  "POST /deployment/notifications/:change{(?:pause|resume)}": {
    who: ["owner"],
    path: "/deployment/notifications/pause",
  },
  "GET /deployment/notifications/messages": { who: readers },
  "POST /deployment/notifications/messages/retry": { who: ["owner"] },
  "POST /deployment/notifications/messages/withdraw": { who: ["owner"] },
  "POST /deployment/notifications/messages/:id/retry": {
    who: ["owner"],
    path: "/deployment/notifications/messages/:inbox/retry",
  },
  "POST /deployment/notifications/messages/:id/withdraw": {
    who: ["owner"],
    path: "/deployment/notifications/messages/:inbox/withdraw",
  },
  "GET /deployment/notifications/templates": { who: readers },
  "GET /deployment/notifications/templates/:id": { who: readers, path: testKind },
  "POST /deployment/notifications/templates/:id/activate": {
    who: ["owner"],
    path: `${testKind}/activate`,
    form: { version: "1" },
  },
  "POST /deployment/notifications/templates/:id/channel": {
    who: ["owner"],
    path: `${testKind}/channel`,
    form: { method: "" },
  },
  "POST /deployment/notifications/templates/:id/choices": {
    who: ["owner"],
    path: `${testKind}/choices`,
    form: { choice: "on" },
  },
  "GET /deployment/notifications/templates/:id/edit": { who: ["owner"], path: `${testKind}/edit` },
  "POST /deployment/notifications/templates/:id/edit": {
    who: ["owner"],
    path: `${testKind}/edit`,
    form: { title: "x", body: "x", act: "save" },
  },
  "GET /deployment/users": { who: ["template-admin", "user-admin", "auditor", "owner"] },
  "POST /deployment/users": {
    who: ["user-admin", "owner"],
    form: { email: "new@example.com", username: "new" },
  },
  "GET /deployment/users/:user": {
    who: ["template-admin", "user-admin", "auditor", "owner"],
    path: "/deployment/users/mia",
  },
  "POST /deployment/users/:user/:action{(?:suspend|activate|reset|password|roles|delete)}": {
    who: ["user-admin", "owner"],
    path: "/deployment/users/mia/activate",
  },
  "GET /workspaces": { who: readers },
  "GET /:owner{@[^/]+}/:workspace": { who: whoSeesWorkspaces, path: "/@mia/fix-bug" },
  "GET /:owner{@[^/]+}/:workspace/builds/:number{[1-9][0-9]{0,8}}": {
    who: whoSeesWorkspaces,
    path: "/@mia/fix-bug/builds/1",
  },
  // The workspace runs; template admins may stop it, which asks the same verb.
  "POST /:owner{@[^/]+}/:workspace/:action{(?:start|stop|restart|update|retry|delete|cancel)}": {
    who: ["mia", "owner"],
    path: "/@mia/fix-bug/start",
  },
  "GET /templates": { who: readers },
  "GET /templates/:organization/:template": { who: readers, path: "/templates/default/pooled" },
  "GET /templates/:organization/:template/versions/:version": {
    who: readers,
    path: "/templates/default/pooled/versions/:version",
  },
  "GET /prebuilds": { who: ["template-admin", "auditor", "owner"] },
  "POST /templates/:organization/:template/drift/:preset/fixed": {
    who: ["template-admin", "owner"],
    path: "/templates/default/pooled/drift/:preset/fixed",
  },
  "POST /prebuilds/presets/:id/resume": {
    who: ["template-admin", "owner"],
    path: "/prebuilds/presets/:preset/resume",
  },
  "POST /prebuilds/:change{(?:pause|unpause)}": {
    who: ["template-admin", "owner"],
    path: "/prebuilds/unpause",
  },
  "POST /prebuilds/reconcile": { who: ["template-admin", "owner"] },
  "GET /deployment/provisioner-keys": { who: ["template-admin", "auditor", "owner"] },
  "POST /deployment/provisioner-keys": { who: ["template-admin", "owner"], form: { name: "new" } },
  "POST /deployment/provisioner-keys/:name/revoke": {
    who: ["template-admin", "owner"],
    path: "/deployment/provisioner-keys/spare/revoke",
  },
  "GET /deployment/notifications/send": { who: ["owner"] },
  "POST /deployment/notifications/send": {
    who: ["owner"],
    form: { "content.title": "x", "content.message": "x", "recipients.users": "mia" },
  },
  "POST /deployment/notifications/send/senders": { who: ["owner"], form: { "role-auditor": "on" } },
  "POST /deployment/notifications/send/confirm": {
    who: ["owner"],
    form: { "content.title": "x", "content.message": "x", "recipients.users": "mia" },
  },
  "GET /deployment/groups": { who: ["template-admin", "user-admin", "auditor", "owner"] },
  "POST /deployment/groups": { who: userAdmins, form: { name: "fresh" } },
  "GET /deployment/groups/:group": {
    who: ["template-admin", "user-admin", "auditor", "owner"],
    path: "/deployment/groups/spare",
  },
  "POST /deployment/groups/:group/change": {
    who: userAdmins,
    path: "/deployment/groups/spare/change",
    form: { name: "renamed" },
  },
  "POST /deployment/groups/:group/add": {
    who: userAdmins,
    path: "/deployment/groups/spare/add",
    form: { add_users: "mia" },
  },
  "POST /deployment/groups/:group/remove": {
    who: userAdmins,
    path: "/deployment/groups/spare/remove",
    form: { user: "mia" },
  },
  "POST /deployment/groups/:group/delete": { who: userAdmins, path: "/deployment/groups/spare/delete" },
  "GET /deployment/rules": { who: ["auditor", "owner"] },
  "POST /deployment/rules": {
    who: ["owner"],
    form: { name: "new", suppress: "yes", filter: 'template = "none-*"' },
  },
  "GET /deployment/rules/:rule": { who: ["auditor", "owner"], path: "/deployment/rules/spare" },
  "POST /deployment/rules/:rule/change": {
    who: ["owner"],
    path: "/deployment/rules/spare/change",
    form: { name: "spare", suppress: "yes", filter: 'template = "none-*"' },
  },
  "POST /deployment/rules/:rule/move": {
    who: ["owner"],
    path: "/deployment/rules/spare/move",
    form: { position: "1" },
  },
  "POST /deployment/rules/:rule/:change{(?:enable|disable)}": {
    who: ["owner"],
    path: "/deployment/rules/spare/disable",
  },
  "POST /deployment/rules/:rule/delete": { who: ["owner"], path: "/deployment/rules/spare/delete" },
  "GET /settings/rules": { who: readers },
  "POST /settings/rules": {
    who: people,
    form: { name: "new", suppress: "yes", filter: 'template = "none-*"' },
  },
  "GET /settings/rules/:rule": { who: ["mia", "read"], path: "/settings/rules/spare" },
  "POST /settings/rules/:rule/change": {
    who: ["mia"],
    path: "/settings/rules/spare/change",
    form: { name: "spare", suppress: "yes", filter: 'template = "none-*"' },
  },
  "POST /settings/rules/:rule/move": {
    who: ["mia"],
    path: "/settings/rules/spare/move",
    form: { position: "1" },
  },
  "POST /settings/rules/:rule/:change{(?:enable|disable)}": {
    who: ["mia"],
    path: "/settings/rules/spare/disable",
  },
  "POST /settings/rules/:rule/delete": { who: ["mia"], path: "/settings/rules/spare/delete" },
  "GET /deployment/receivers": { who: ["auditor", "owner"] },
  "POST /deployment/receivers": {
    who: ["owner"],
    form: { name: "new", format: "slack", address: "https://hooks.slack.com/services/T/B/x" },
  },
  "GET /deployment/receivers/:receiver": { who: ["auditor", "owner"], path: "/deployment/receivers/spare" },
  "POST /deployment/receivers/:receiver/change": {
    who: ["owner"],
    path: "/deployment/receivers/spare/change",
    form: { name: "spare", address: "https://hooks.example.com/spare" },
  },
  "POST /deployment/receivers/:receiver/:change{(?:enable|disable)}": {
    who: ["owner"],
    path: "/deployment/receivers/spare/disable",
  },
  "POST /deployment/receivers/:receiver/rotate": {
    who: ["owner"],
    path: "/deployment/receivers/spare/rotate",
  },
  "POST /deployment/receivers/:receiver/test": { who: ["owner"], path: "/deployment/receivers/spare/test" },
  "POST /deployment/receivers/:receiver/delete": {
    who: ["owner"],
    path: "/deployment/receivers/spare/delete",
  },
  "GET /deployment/sources": { who: ["auditor", "owner"] },
  "POST /deployment/sources": { who: ["owner"], form: { name: "new" } },
  "GET /deployment/sources/:source": { who: ["auditor", "owner"], path: "/deployment/sources/spare" },
  "POST /deployment/sources/:source/:change{(?:enable|disable)}": {
    who: ["owner"],
    path: "/deployment/sources/spare/disable",
  },
  "POST /deployment/sources/:source/rotate": { who: ["owner"], path: "/deployment/sources/spare/rotate" },
  "POST /deployment/sources/:source/delete": { who: ["owner"], path: "/deployment/sources/spare/delete" },
  "POST /deployment/sources/:source/people/:id/pin": {
    who: ["owner"],
    path: "/deployment/sources/spare/people/:people/pin",
    form: { user: "mia" },
  },
  "POST /deployment/sources/:source/people/:id/create": {
    who: ["owner"],
    path: "/deployment/sources/spare/people/:newcomer/create",
  },
  "POST /deployment/sources/:source/people/:id/forget": {
    who: ["owner"],
    path: "/deployment/sources/spare/people/:people/forget",
  },
  "GET /tasks": { who: readers },
  "GET /tasks/:user/:workspace": { who: whoSeesWorkspaces, path: "/tasks/mia/fix-bug" },
};
