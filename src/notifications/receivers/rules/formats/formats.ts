// The formats of receivers: what each product is sent, and what its addresses and secrets are.
import type { ReceiverFormat } from "../../../../../db/schema.ts";
import type { ReceiverMessage, ReceiverRequest, ReceiverTarget, Unrendered } from "../message.ts";
import { signingSecretProblem } from "../signature.ts";
import { renderAlertmanager } from "./alertmanager.ts";
import { renderCoder } from "./coder.ts";
import { renderDiscord } from "./discord.ts";
import { renderJson } from "./json.ts";
import { renderNtfy, splitTopic } from "./ntfy.ts";
import { renderPagerDuty } from "./pagerduty.ts";
import { renderSlack } from "./slack.ts";
import { renderTeams } from "./teams.ts";

export interface FormatRules {
  label: string;
  /** Belfry creates the secret, or its owner names one, which may be required. */
  secret: "created" | "required" | "optional" | "none";
  /** What its secret is, for people. */
  secretLabel: string;
  /** Used where an owner gives none. */
  defaultAddress?: string;
  /** An example for people. */
  exampleAddress: string;
  addressProblem?: (url: URL) => string | undefined;
  secretProblem?: (secret: string) => string | undefined;
  /** Requests are signed with its secret; Belfry can create another one. */
  isSigned?: true;
  /** Its owner writes what is sent. */
  hasTemplate?: true;
  render: (message: ReceiverMessage, target: ReceiverTarget, now: number) => ReceiverRequest | Unrendered;
}

/** Their products keep what is open: they get each end, and each recurrence. */
export const followingFormats: readonly ReceiverFormat[] = ["pagerduty", "alertmanager"];

export const formats: Readonly<Record<ReceiverFormat, FormatRules>> = {
  coder: {
    label: "Webhook (Coder's format)",
    secret: "created",
    secretLabel: "signing secret",
    exampleAddress: "https://hooks.example.com/belfry",
    isSigned: true,
    secretProblem: signingSecretProblem,
    render: renderCoder,
  },
  slack: {
    label: "Slack",
    secret: "none",
    secretLabel: "",
    exampleAddress: "https://hooks.slack.com/services/T…/B…/…",
    render: renderSlack,
  },
  teams: {
    label: "Microsoft Teams",
    secret: "none",
    secretLabel: "",
    exampleAddress: "https://….logic.azure.com/workflows/…",
    addressProblem: ({ hostname }) =>
      /(^|\.)webhook\.office\.com$/.test(hostname)
        ? "Microsoft has retired addresses of webhook.office.com; in Teams, create a workflow that posts to the channel when a webhook request is received, and use its address"
        : undefined,
    render: renderTeams,
  },
  discord: {
    label: "Discord",
    secret: "none",
    secretLabel: "",
    exampleAddress: "https://discord.com/api/webhooks/…/…",
    render: renderDiscord,
  },
  ntfy: {
    label: "ntfy",
    secret: "optional",
    secretLabel: "access token",
    exampleAddress: "https://ntfy.sh/your-topic",
    addressProblem: ({ href }) =>
      /^[-_A-Za-z0-9]{1,64}$/.test(splitTopic(href).topic)
        ? undefined
        : "must end with a topic, like https://ntfy.sh/your-topic",
    render: renderNtfy,
  },
  pagerduty: {
    label: "PagerDuty",
    secret: "required",
    secretLabel: "integration key",
    defaultAddress: "https://events.pagerduty.com/v2/enqueue",
    exampleAddress: "https://events.pagerduty.com/v2/enqueue",
    secretProblem: (secret) =>
      /^[A-Za-z0-9]{32}$/.test(secret)
        ? undefined
        : "must be the integration key of an Events API v2 integration, 32 letters and digits",
    render: renderPagerDuty,
  },
  alertmanager: {
    label: "Alertmanager",
    secret: "optional",
    secretLabel: "bearer token",
    exampleAddress: "https://alertmanager.example.com",
    render: renderAlertmanager,
  },
  json: {
    label: "JSON by a template",
    secret: "optional",
    secretLabel: "signing secret",
    exampleAddress: "https://hooks.example.com/belfry",
    isSigned: true,
    hasTemplate: true,
    secretProblem: signingSecretProblem,
    render: renderJson,
  },
};
