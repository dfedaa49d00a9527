// JSON of the owner's own, by a Liquid template. What it outputs is escaped for a JSON string, unless it says `| json`, which
// outputs a whole value.
import { toValue, type Template } from "liquidjs";
import { jsonErrorAt } from "../../../../kernel/rules/json.ts";
import { byteLength, escapeMarkdown } from "../../../../kernel/rules/text.ts";
import { kindNameOf } from "../../../kinds/kinds.ts";
import { createLiquid } from "../../../texts/rules/liquid.ts";
import { toPlainText } from "../../../texts/rules/markdown.ts";
import {
  cutText,
  type ReceiverMessage,
  type ReceiverRequest,
  type ReceiverTarget,
  type Unrendered,
} from "../message.ts";
import { signedHeaders } from "../signature.ts";

/** Bytes of what is sent: a longer text is cut. */
export const maxJsonBytes = 64_000;

const toJson = (value: unknown): string => JSON.stringify(value) ?? "null";

/** Without the quotation marks of a text, which the template has. */
const outputEscape = (value: unknown): string => {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? toJson(value).slice(1, -1) : toJson(value);
};

const engine = createLiquid(
  { outputEscape },
  {
    json: {
      raw: true,
      handler(value: unknown) {
        const json = toJson(toValue(value));
        // The whole of an event's data can be large.
        this.context.memoryLimit.use(json.length);
        return json;
      },
    },
  },
);

/** Throws Liquid's error if the text can't be parsed. */
export const parseJsonTemplate = (template: string): Template[] => engine.parse(template);
/** As `variablesIn` of texts. */
export const jsonVariablesIn = (template: string): unknown[][] => engine.globalVariableSegmentsSync(template);

/** The variables of a template. */
export type JsonScope = ReturnType<typeof jsonScope>;

const linkLabel = "Read the whole text";

/** `cut`: of the text, if the whole is too long; it has no markup. */
export function jsonScope(message: ReceiverMessage, cut?: string) {
  const { outgoing, link } = message;
  const { id, username, name } = outgoing.recipient;
  return {
    id: message.id,
    key: message.key,
    kind: kindNameOf(outgoing.template.id),
    kind_title: message.kind,
    severity: message.severity,
    resolved: message.isResolved,
    title: message.title,
    body: cut === undefined ? message.body : `${escapeMarkdown(cut)}\n\n[${linkLabel}](${link})`,
    text: cut === undefined ? toPlainText(message.body) : `${cut}\n\n${linkLabel}: ${link}`,
    link,
    at: new Date(message.at).toISOString(),
    facts: message.facts.map(([fact, value]) => ({ name: fact, value })),
    actions: message.actions.map(({ label, url }) => ({ label, url })),
    labels: outgoing.labels,
    data: outgoing.data ?? {},
    recipient: { id, username, name },
  };
}

/** Throws Liquid's error when it does too much. */
export const renderScope = (template: readonly Template[], scope: JsonScope): string =>
  (engine.renderSync([...template], scope) as string).trim();

/** What is wrong with a result, with its place. */
export function jsonProblem(result: string): string | undefined {
  const at = jsonErrorAt(result);
  if (at === undefined) return undefined;
  const before = result.slice(0, at).split("\n");
  const place = `line ${before.length}, column ${before.at(-1)!.length + 1} of the result`;
  const found = at === result.length ? "its end" : `"${result.slice(at, at + maxShown).split("\n")[0]}"`;
  return `not valid JSON at ${place}: unexpected ${found}`;
}

const maxShown = 30;

export function renderJson(
  message: ReceiverMessage,
  target: ReceiverTarget,
  now: number,
): ReceiverRequest | Unrendered {
  const rendered = fitScope(target.template ?? "", message);
  if ("problem" in rendered) return rendered;
  const { body } = rendered;
  const problem = jsonProblem(body);
  if (problem !== undefined) return { problem: `the template's result is ${problem}` };
  return {
    url: target.address,
    headers: { "content-type": "application/json", ...signedHeaders(message.id, target.secrets, body, now) },
    body,
  };
}

/** Characters of a text whose whole doesn't fit; the first that fits. */
const cuts = [30_000, 8_000, 2_000, 500];

function fitScope(template: string, message: ReceiverMessage): { body: string } | Unrendered {
  const text = toPlainText(message.body);
  const build = (scope: JsonScope): { body: string } | Unrendered => {
    try {
      return { body: renderScope(parseJsonTemplate(template), scope) };
    } catch (error) {
      return { problem: `the template can't be rendered: ${(error as Error).message}` };
    }
  };
  let fitted = build(jsonScope(message));
  for (const length of cuts) {
    if ("body" in fitted && byteLength(fitted.body) <= maxJsonBytes) break;
    if (text.length > length) fitted = build(jsonScope(message, cutText(text, length)));
  }
  return fitted;
}
