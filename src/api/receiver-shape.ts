// What the API shows of receivers: those of the database, and the environment's webhook as the first.
import * as z from "zod";
import { minSeverities, receiverFormats, receiverRecipients } from "../../db/schema.ts";
import type { Config } from "../config/config.ts";
import { boolean, field, number, shape, string, timeOrNull } from "../http/wire.ts";
import { receiverOf } from "../notifications/channels/index.ts";
import { receiverStatus, receiverStatuses } from "../notifications/receivers/rules/breaker.ts";
import { kindNameOf } from "../notifications/kinds/kinds.ts";
import { environmentName } from "../notifications/receivers/rules/given.ts";
import type { ReceiverRow } from "../notifications/receivers/store/receivers.ts";

type Viewed = Pick<
  ReceiverRow,
  | "id"
  | "name"
  | "format"
  | "host"
  | "isEnabled"
  | "disabledBecause"
  | "template"
  | "recipients"
  | "kinds"
  | "filter"
  | "minSeverity"
  | "failures"
  | "waiting"
> & {
  isReadOnly: boolean;
  creator: string | null;
  now: number;
} & Record<"createdAt" | "previousUntil" | "resumeAt" | "succeededAt" | "failedAt", number | null> &
  Record<"answer", string | null>;

export const receiverShape = shape<Viewed>("Receiver")({
  id: string((row) => row.id),
  name: string((row) => row.name),
  format: field(z.enum(receiverFormats), (row) => row.format),
  host: string((row) => row.host, "of its address, which is not returned: it may be a secret"),
  read_only: boolean((row) => row.isReadOnly, "it is set by the server's environment"),
  enabled: boolean((row) => row.isEnabled),
  disabled_because: field(
    z.string().nullable().meta({ description: "What it answered when Belfry disabled it" }),
    (row) => row.disabledBecause,
  ),
  status: field(
    z
      .enum(receiverStatuses)
      .meta({ description: "`failing`: several failures in a row, so it is tried from time to time" }),
    (row) => receiverStatus(row, row.now),
  ),
  template: field(
    z.string().nullable().meta({ description: "Liquid that renders the JSON to send, of the format json" }),
    (row) => row.template,
  ),
  recipients: field(
    z.enum(receiverRecipients).meta({ description: "`each`: it gets a message for each recipient" }),
    (row) => row.recipients,
  ),
  kinds: field(
    z.array(z.string()).nullable().meta({
      description: "Kinds by name, or by id if another system sends them; null: all except personal ones",
    }),
    (row) => (row.kinds === null ? null : (JSON.parse(row.kinds) as string[]).map(kindNameOf)),
  ),
  filter: string((row) => row.filter ?? "", "which events, in the language of rules; empty: all"),
  min_severity: field(z.enum(minSeverities), (row) => row.minSeverity),
  waiting: number((row) => row.waiting, "notifications that wait for it"),
  failures: number((row) => row.failures, "since its latest success"),
  resumes_at: timeOrNull((row) => (row.resumeAt !== null && row.resumeAt > row.now ? row.resumeAt : null)),
  last_success_at: timeOrNull((row) => row.succeededAt),
  last_failure_at: timeOrNull((row) => row.failedAt),
  last_answer: field(
    z.string().nullable().meta({ description: "of the latest failure" }),
    (row) => row.answer,
  ),
  previous_secret_valid_until: timeOrNull((row) => row.previousUntil),
  created_by: field(z.string().nullable().meta({ description: "A username" }), (row) => row.creator),
  created_at: timeOrNull((row) => row.createdAt),
});

/** The environment's webhook, if it is set: it gets each user's messages, and has no filter. */
export function environmentReceiver({ notifications }: Config): Omit<Viewed, "now"> | undefined {
  const host = receiverOf(notifications.channels, "webhook");
  if (host === undefined) return undefined;
  const never = { createdAt: null, previousUntil: null, resumeAt: null, succeededAt: null, failedAt: null };
  return {
    ...never,
    id: environmentName,
    name: environmentName,
    format: "coder",
    host,
    isReadOnly: true,
    isEnabled: true,
    disabledBecause: null,
    template: null,
    recipients: "each",
    kinds: null,
    filter: null,
    minSeverity: "info",
    waiting: 0,
    failures: 0,
    answer: null,
    creator: null,
  };
}

/** All there are, the environment's first. */
export const allReceivers = (config: Config, rows: readonly ReceiverRow[]): Omit<Viewed, "now">[] => [
  ...[environmentReceiver(config)].filter((one) => one !== undefined),
  ...rows.map((row) => ({ ...row, isReadOnly: false })),
];
