// A notification template of db/templates: front matter with the fields of its kind, then its text.
import type { Action } from "../schema.ts";

export const kindIcons = ["workspace", "account", "template", "other"] as const;
export const severities = ["info", "success", "warning", "critical"] as const;
/** Names of things that events can be about, which filters ask for. */
export const thingFacts = ["template", "preset", "workspace", "owner"] as const;
/** How a kind is to Coder's kind of the same id; `none`: Coder has no such kind. */
export const coderVerdicts = ["same", "better", "different", "none"] as const;

/** What every notification of one kind has in common. */
export interface KindFields {
  /** A UUID; Coder's where Coder has the kind. */
  id: string;
  /** Coder's identifier. */
  key: string;
  /** Coder's where Coder has the kind; in the API. */
  name: string;
  /** For people: the words of its notification. */
  displayName: string;
  group: string;
  enabledByDefault: boolean;
  icon: (typeof kindIcons)[number];
  severity: (typeof severities)[number];
  /** One sentence: when there is one. */
  about: string;
  /** Who receives it, in words. */
  audience: string;
  /** The names that each of its events gives. */
  facts: (typeof thingFacts)[number][];
  /** Nobody can turn it off. */
  alwaysOn: boolean;
  /** Never in an inbox, never to a webhook, and before everything else that is pending. */
  onlyByMail: boolean;
  reachesSuspended: boolean;
  /** What somebody did themselves is no news to them: read in their inbox, and not sent by another channel. */
  quietForInitiator: boolean;
  coder: { verdict: (typeof coderVerdicts)[number]; note: string };
}

export interface TemplateFile extends KindFields {
  kind: "system" | "custom";
  /** The channel that this kind goes by; null for the deployment's default. */
  method: string | null;
  title: string;
  body: string;
  actions: Action[];
  sample: { labels: Record<string, string>; data: Record<string, unknown> | null };
}

const required = ["id", "key", "name", "group", "kind", "enabled_by_default", "icon", "severity", "about"];
const moreRequired = ["audience", "facts", "coder", "title", "sample"];
const optional = [
  "display_name",
  "method",
  "always_on",
  "only_by_mail",
  "reaches_suspended",
  "quiet_for_initiator",
];
/** Besides `action`, which can be repeated. */
export const templateFields: readonly string[] = [...required, ...moreRequired, ...optional];

type Fields = Map<string, { value: string; line: number }>;

/**
 * Front matter is one `name: value` a line, the value as it stands; `action: Label -> URL` may repeat. Throws with the
 * line's number.
 */
export function parseTemplateFile(text: string): TemplateFile {
  const parts = /^---\n(.*?)\n---\n(.*)$/s.exec(text);
  if (parts === null) throw new Error("front matter between two lines of --- is missing");
  const fields: Fields = new Map();
  const actions: Action[] = [];
  for (const [at, content] of parts[1]!.split("\n").entries()) {
    const line = at + 2;
    const [, name, value] = /^(\w+): (.*)$/.exec(content) ?? [];
    if (name === undefined || value === undefined)
      throw new Error(`line ${line}: "${content}" is not "name: value"`);
    if (name === "action") actions.push(parseAction(value, line));
    else if (templateFields.includes(name)) fields.set(name, { value, line });
    else throw new Error(`line ${line}: there is no field ${name}`);
  }
  const missing = [...required, ...moreRequired].filter((name) => !fields.has(name));
  if (missing.length > 0)
    throw new Error(`${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing`);
  return toTemplateFile(fields, actions, parts[2]!.trim());
}

function parseAction(value: string, line: number): Action {
  const [label, url] = value.split(" -> ");
  if (label === undefined || url === undefined)
    throw new Error(`line ${line}: "${value}" is not "action: Label -> URL"`);
  return { label, url };
}

function toTemplateFile(fields: Fields, actions: Action[], body: string): TemplateFile {
  const text = (name: string) => fields.get(name)!.value;
  const oneOf = <T extends string>(name: string, values: readonly T[], value = text(name)): T => {
    const found = values.find((one) => one === value);
    if (found !== undefined) return found;
    throw new Error(`line ${fields.get(name)!.line}: ${name} is neither ${values.join(" nor ")}`);
  };
  const flag = (name: string) => fields.has(name) && oneOf(name, ["true", "false"]) === "true";
  const [, verdict, note] = /^(\w+)(?:: (.+))?$/.exec(text("coder")) ?? [];
  return {
    id: text("id"),
    key: text("key"),
    name: text("name"),
    displayName: fields.get("display_name")?.value ?? text("name"),
    group: text("group"),
    kind: oneOf("kind", ["system", "custom"]),
    enabledByDefault: flag("enabled_by_default"),
    icon: oneOf("icon", kindIcons),
    severity: oneOf("severity", severities),
    about: text("about"),
    audience: text("audience"),
    facts:
      text("facts") === "none"
        ? []
        : text("facts")
            .split(", ")
            .map((name) => oneOf("facts", thingFacts, name)),
    alwaysOn: flag("always_on"),
    onlyByMail: flag("only_by_mail"),
    reachesSuspended: flag("reaches_suspended"),
    quietForInitiator: flag("quiet_for_initiator"),
    coder: { verdict: oneOf("coder", coderVerdicts, verdict ?? ""), note: note ?? "" },
    method: fields.get("method")?.value ?? null,
    title: text("title"),
    body,
    actions,
    sample: parseSample(text("sample"), fields.get("sample")!.line),
  };
}

function parseSample(text: string, line: number): TemplateFile["sample"] {
  try {
    return JSON.parse(text) as TemplateFile["sample"];
  } catch (cause) {
    throw new Error(`line ${line}: sample is no JSON (${(cause as Error).message})`, { cause });
  }
}
