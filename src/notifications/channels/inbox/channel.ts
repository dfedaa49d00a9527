// The inbox channel: notifications that users read in Belfry. Delivery and enqueuing write its rows.
import { flag } from "../../../config/values.ts";
import { ok } from "../../../kernel/rules/finding.ts";
import { defineChannel } from "../channel.ts";

interface InboxSettings {
  isEnabled: boolean;
}

const variable = "BELFRY_NOTIFICATIONS_INBOX_ENABLED";

export const inbox = defineChannel({
  id: "inbox",
  label: "Inbox",
  isLocal: true,

  variables: { [variable]: flag(true) },
  needs: [`${variable}=true`],
  toSettings: (env): InboxSettings => ({ isEnabled: env[variable] }),
  isOn: ({ isEnabled }) => isEnabled,
  timeout: () => 0,

  receiver: () => undefined,
  traits: () => [],
  destination: () => "to your inbox",
  unreachable: () => undefined,

  payload: ({ title, body, actions }) => JSON.stringify({ title, content: body, actions }),
  send: () => Promise.resolve({ kind: "sent", detail: "in the inbox" }),
  probe: (settings) =>
    Promise.resolve({
      findings: [ok("inbox", settings?.isEnabled === true ? "enabled" : `disabled by ${variable}`)],
    }),
  advice: () => "Check the server's log.",
});
