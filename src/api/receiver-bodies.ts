// Bodies of the routes of receivers.
import * as z from "zod";
import { minSeverities, receiverFormats, receiverRecipients } from "../../db/schema.ts";
import { text } from "../http/schemas.ts";

export const secretField = z
  .string()
  .nullable()
  .meta({ description: "The secret that signs requests, if Belfry has created it; returned only once" });

const changeable = {
  address: text(4_000).meta({ description: "Where it is; stored encrypted" }),
  secret: text(1_000).meta({
    description:
      "PagerDuty's integration key, a token of ntfy or Alertmanager, or a signing secret of your own",
  }),
  headers: z
    .record(z.string(), z.string())
    .meta({ description: "Headers of your own for each request; stored encrypted" }),
  template: text(40_000).meta({
    description:
      "Liquid that renders the JSON to send, for the format json; checked with the sample of each kind",
  }),
  recipients: z.enum(receiverRecipients).meta({
    description:
      "`everybody`: each event once; `each`: a message for each recipient, whose own settings hold, and which names them",
  }),
  kinds: z.array(z.string()).max(100).nullable(),
  filter: text(4_000)
    .or(z.literal(""))
    .meta({ description: "Which events, in the language of rules; empty: all" }),
  min_severity: z.enum(minSeverities),
};

export const createBody = z.strictObject({
  name: text(1_024),
  format: z.enum(receiverFormats),
  address: changeable.address.optional(),
  secret: changeable.secret.optional(),
  headers: changeable.headers.optional(),
  template: changeable.template.optional(),
  recipients: changeable.recipients.optional(),
  kinds: changeable.kinds.optional(),
  filter: changeable.filter.optional(),
  min_severity: changeable.min_severity.optional(),
});

export const changeBody = z.strictObject({
  name: text(1_024).optional(),
  address: changeable.address.optional(),
  secret: changeable.secret.optional(),
  headers: changeable.headers.optional(),
  template: changeable.template.optional(),
  recipients: changeable.recipients.optional(),
  kinds: changeable.kinds.optional(),
  filter: changeable.filter.optional(),
  min_severity: changeable.min_severity.optional(),
  enabled: z.boolean().optional(),
});

export const previewBody = z.strictObject({
  format: z.enum(receiverFormats),
  template: changeable.template.optional(),
  kind: text(200).optional().meta({ description: "The kind whose sample is shown, by name or id" }),
});

export const previewAnswer = z.object({
  kind: z.string(),
  body: z.string().meta({ description: "of the request, as JSON with line breaks" }),
});
