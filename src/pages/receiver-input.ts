// What was typed into the forms of receivers.
import {
  receiverFormats,
  receiverRecipients,
  type ReceiverFormat,
  type ReceiverRecipients,
} from "../../db/schema.ts";
import { invalid } from "../kernel/errors.ts";
import type { PreviewRequest } from "../notifications/receivers/preview.ts";
import { formats } from "../notifications/receivers/rules/formats/formats.ts";
import { isMinSeverity } from "../notifications/receivers/rules/given.ts";
import { namesIn } from "./form.ts";

/** What was typed. */
export type Given = Partial<
  Record<
    | "name"
    | "format"
    | "address"
    | "secret"
    | "headers"
    | "template"
    | "recipients"
    | "kinds"
    | "filter"
    | "min_severity",
    string
  >
>;

export const formFields = [
  "address",
  "secret",
  "headers",
  "template",
  "recipients",
  "kinds",
  "filter",
  "min_severity",
] as const;

export function formatOf(text: string): ReceiverFormat {
  const format = receiverFormats.find((known) => known === text);
  if (format === undefined) throw invalid("format", `must be one of ${receiverFormats.join(", ")}`);
  return format;
}

/** What is shown of what was typed: the sample of the first kind that was named. */
export function draftOf(format: ReceiverFormat, { template = "", kinds = "" }: Given): PreviewRequest {
  const [kind] = namesIn(kinds);
  return {
    format,
    ...(formats[format].hasTemplate === true ? { template } : {}),
    ...(kind === undefined ? {} : { kind }),
  };
}

/** A single hyphen: none. */
function headersOf(text: string): Record<string, string> {
  if (text.trim() === "-") return {};
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(":");
      if (at < 1) throw invalid("headers", "each line must be a name and a value, for example X-Team: ops");
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}

const isRecipients = (text: string): text is ReceiverRecipients =>
  (receiverRecipients as readonly string[]).includes(text);

/** What is left empty stays as it is; without kinds, all except personal ones. */
export function changeOf({
  address = "",
  secret = "",
  headers = "",
  template = "",
  recipients = "",
  kinds = "",
  filter = "",
  min_severity: severity = "",
}: Given) {
  if (severity !== "" && !isMinSeverity(severity))
    throw invalid("min_severity", "must be info, warning or critical");
  const names = namesIn(kinds);
  return {
    ...(address.trim() === "" ? {} : { address: address.trim() }),
    ...(secret.trim() === "" ? {} : { secret: secret.trim() }),
    ...(headers.trim() === "" ? {} : { headers: headersOf(headers) }),
    ...(isRecipients(recipients) ? { recipients } : {}),
    ...(template.trim() === "" ? {} : { template }),
    kinds: names.length === 0 ? null : names,
    filter,
    ...(isMinSeverity(severity) ? { minSeverity: severity } : {}),
  };
}
