// The options of belfry receivers create and update: where a receiver is, and what it gets.
import type { Context } from "./context.ts";
import { exit, Failure } from "./failure.ts";
import { minSeverities, receiverFormats, receiverRecipients } from "../../db/rules/values.ts";
import { readInput, readValue, requireOneOf } from "./inputs.ts";

/** What was typed for the fields of a receiver. */
export const targetFields = { name: "NAME", headers: "--header", min_severity: "--severity", kind: "--kind" };

export const formatOption = { type: "string", value: "NAME", text: receiverFormats.join(", ") } as const;
export const templateOption = {
  type: "string",
  value: "FILE",
  text: "Liquid that renders the JSON to send, for the format json; - reads standard input",
} as const;

export function requireFormat(text: string | undefined) {
  const format = receiverFormats.find((name) => name === text);
  if (format !== undefined) return format;
  throw new Failure(exit.usage, `--format: must be one of ${receiverFormats.join(", ")}`);
}

export const targetOptions = {
  address: { type: "string", value: "URL", text: "URL of the receiver; - reads standard input" },
  secret: {
    type: "string",
    value: "TEXT",
    text: "PagerDuty integration key, or token of ntfy or Alertmanager; - reads standard input",
  },
  template: templateOption,
  recipients: {
    type: "string",
    value: "WHO",
    text: `${receiverRecipients.join(" or ")}: each event once, or a message for each recipient`,
  },
  header: {
    type: "string",
    multiple: true,
    value: "NAME:VALUE",
    text: "additional request header",
  },
  kinds: {
    type: "string",
    value: "NAMES",
    text: 'only these kinds, separated by commas; "all": all except personal ones',
  },
  filter: { type: "string", value: "FILTER", text: 'only these events, as in belfry rules create; "": all' },
  severity: { type: "string", value: "LEVEL", text: `minimum severity: ${minSeverities.join(", ")}` },
} as const;

interface TargetOptions {
  address?: string | undefined;
  secret?: string | undefined;
  template?: string | undefined;
  recipients?: string | undefined;
  header?: string[] | undefined;
  kinds?: string | undefined;
  filter?: string | undefined;
  severity?: string | undefined;
}

export async function readTarget(
  context: Context,
  { address, secret, template, recipients, header, kinds, filter, severity }: TargetOptions,
) {
  if ([address, secret, template].filter((value) => value === "-").length > 1)
    throw new Failure(
      exit.usage,
      "Only one of --address, --secret and --template can be read from standard input.",
    );
  return {
    ...(address === undefined ? {} : { address: await readValue(context, address) }),
    ...(secret === undefined ? {} : { secret: await readValue(context, secret) }),
    ...(template === undefined ? {} : { template: await readTemplate(context, template) }),
    ...(recipients === undefined
      ? {}
      : { recipients: requireOneOf("--recipients", recipients, receiverRecipients) }),
    ...(header === undefined || header.length === 0 ? {} : { headers: toHeaders(header) }),
    ...(kinds === undefined
      ? {}
      : { kinds: kinds === "all" ? null : kinds.split(",").map((name) => name.trim()) }),
    ...(filter === undefined ? {} : { filter }),
    ...(severity === undefined ? {} : { min_severity: requireOneOf("--severity", severity, minSeverities) }),
  };
}

export const readTemplate = async (context: Context, file: string): Promise<string> =>
  (await readInput(context, file)).toString("utf8");

function toHeaders(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(":");
      if (at < 1) throw new Failure(exit.usage, `--header: must be a name and a value like "X-Team: ops"`);
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}
