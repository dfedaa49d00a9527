// The forms of receivers: their fields, and a preview of what a receiver would get.
import {
  minSeverities,
  receiverFormats,
  receiverRecipients,
  type ReceiverRecipients,
} from "../../db/schema.ts";
import { kindNameOf } from "../notifications/kinds/kinds.ts";
import type { ReceiverPreview } from "../notifications/receivers/preview.ts";
import { followingFormats, formats } from "../notifications/receivers/rules/formats/formats.ts";
import type { ReceiverRow } from "../notifications/receivers/store/receivers.ts";
import type { Field } from "./form.ts";
import { html } from "./html.ts";
import { eventsField } from "./rule-form.ts";
import type { Html } from "./layout.ts";
import type { Given } from "./receiver-input.ts";

const headersField = (label: string, value: string | undefined, hint: string): Field => ({
  name: "headers",
  label,
  type: "lines",
  autocomplete: "off",
  optional: true,
  rows: 2,
  value,
  hint: `Sent with each request, a line for each, for example X-Team: ops. ${hint}`.trim(),
});

const templateField = (value: string | undefined, hint: string): Field => ({
  name: "template",
  label: "Template",
  type: "lines",
  autocomplete: "off",
  optional: true,
  rows: 8,
  value,
  hint,
});
const templateHint = "Liquid that renders the JSON to send.";

const severityLabels = { info: "Any", warning: "Warning or higher", critical: "Critical only" } as const;

const recipientLabels = {
  everybody: "Once for everybody",
  each: "For each recipient, by name",
} as const satisfies Record<ReceiverRecipients, string>;
export const recipientsLabel = (recipients: ReceiverRecipients): string => recipientLabels[recipients];

const recipientsField = (value: string = "everybody"): Field => ({
  name: "recipients",
  label: "Messages",
  type: "select",
  autocomplete: "off",
  value,
  options: receiverRecipients.map((one) => ({ value: one, label: recipientLabels[one] })),
  hint: "A message for each recipient follows their notification settings.",
});

const filterFields = ({ kinds = "", filter = "", min_severity: severity = "info" }: Given): Field[] => [
  {
    name: "min_severity",
    label: "Severity",
    type: "select",
    autocomplete: "off",
    value: severity,
    options: minSeverities.map((value) => ({ value, label: severityLabels[value] })),
  },
  {
    name: "kinds",
    label: "Kinds",
    type: "text",
    autocomplete: "off",
    optional: true,
    value: kinds,
    hint: "Names separated by commas, for example task-failed. If empty: all except personal ones.",
  },
  eventsField(filter, "all events of these kinds"),
];

const nameField: Field = { name: "name", label: "Name", type: "text", autocomplete: "off" };
const nameHint = "Lowercase letters, digits and hyphens, for example ops.";

export const createFields = (given: Given): Field[] => [
  { ...nameField, hint: nameHint, value: given.name },
  {
    name: "format",
    label: "Format",
    type: "select",
    autocomplete: "off",
    value: given.format ?? "slack",
    options: receiverFormats.map((value) => ({ value, label: formats[value].label })),
  },
  {
    name: "address",
    label: "Address",
    type: "text",
    autocomplete: "off",
    optional: true,
    value: given.address,
    hint: "The URL of the incoming webhook, ntfy topic or Alertmanager. Not needed for PagerDuty.",
  },
  {
    name: "secret",
    label: "Secret",
    type: "password",
    autocomplete: "off",
    optional: true,
    hint: "PagerDuty integration key, or token of ntfy or Alertmanager. For a webhook, Belfry creates a signing secret.",
  },
  headersField("Headers", given.headers, ""),
  templateField(given.template, `Only for the format “${formats.json.label}”: ${templateHint}`),
  recipientsField(given.recipients),
  ...filterFields(given),
];

export const changeFields = (receiver: ReceiverRow, given: Given | undefined): Field[] => [
  { ...nameField, hint: nameHint, value: given?.name ?? receiver.name },
  {
    name: "address",
    label: "New address",
    type: "text",
    autocomplete: "off",
    optional: true,
    value: given?.address,
    hint: `Leave empty to keep the current address (${receiver.host}).`,
  },
  ...(formats[receiver.format].secret === "none"
    ? []
    : [
        {
          name: "secret",
          label: `New ${formats[receiver.format].secretLabel}`,
          type: "password",
          autocomplete: "off",
          optional: true,
          hint: "Leave empty to keep the current one.",
        } as const,
      ]),
  headersField(
    "New headers",
    given?.headers,
    "Leave empty to keep the current ones. A single - removes them.",
  ),
  ...(formats[receiver.format].hasTemplate === true
    ? [templateField(given?.template ?? receiver.template ?? "", templateHint)]
    : []),
  ...(followingFormats.includes(receiver.format)
    ? []
    : [recipientsField(given?.recipients ?? receiver.recipients)]),
  ...filterFields(
    given ?? {
      kinds:
        receiver.kinds === null ? "" : (JSON.parse(receiver.kinds) as string[]).map(kindNameOf).join(", "),
      filter: receiver.filter ?? "",
      min_severity: receiver.minSeverity,
    },
  ),
];

/** The buttons of a form: what a receiver would get can be seen before it is saved. */
export const formActs = (label: string, page: string): Html =>
  html`<div class="acts">
    <button class="button primary" type="submit">${label}</button>
    <button
      class="button"
      type="submit"
      name="act"
      value="preview"
      formnovalidate
      formaction="${page}#preview"
    >
      Preview
    </button>
  </div>`;

export const previewSection = ({ kind, body }: ReceiverPreview): Html =>
  html`<div id="preview" role="status">
    <p class="hint">The request with the sample of ${kind}. Nothing was sent or saved.</p>
    <pre tabindex="0" role="group" aria-label="Request"><code>${body}</code></pre>
  </div>`;
