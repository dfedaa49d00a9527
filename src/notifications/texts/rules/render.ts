// Turns a template's version and an event into what a person reads. Liquid with limits; labels are escaped for the place
// they stand in, unless the template says `| raw`.
import type { Liquid, Template } from "liquidjs";
import type { Action } from "../../../../db/schema.ts";
import type { Cache } from "../../../kernel/ports.ts";
import { createLiquid } from "./liquid.ts";
import { escapeMarkdown } from "../../../kernel/rules/text.ts";

export interface TemplateText {
  title: string;
  body: string;
  actions: Action[];
}

/** What templates may speak of. */
export interface RenderInput {
  labels: Record<string, string>;
  data: Record<string, unknown> | null;
  user: { id: string; name: string; username: string; email: string };
  /** The access URL without a trailing slash. */
  baseUrl: string;
  templateId: string;
}

/** Title and body are Markdown. */
export interface Rendered {
  title: string;
  body: string;
  actions: Action[];
}

export interface CompiledTemplate {
  render: (input: RenderInput) => Rendered;
}

const forMarkdown = createLiquid({ outputEscape: (value: unknown) => escapeMarkdown(asText(value)) });
/** Labels of buttons are plain text: whoever shows them escapes for their own place. */
const forPlain = createLiquid();
const forUrls = createLiquid({ outputEscape: (value: unknown) => encodeURIComponent(asText(value)) });

const asText = (value: unknown): string =>
  value === null || value === undefined
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);

/** Where a text reads from: `["labels", "name"]`; a step that is itself a variable is an array. Throws as `compile` does. */
export const variablesIn = (text: string): unknown[][] => forPlain.globalVariableSegmentsSync(text);

/** Throws with Liquid's words when the text doesn't parse. */
export function compile(text: TemplateText): CompiledTemplate {
  const title = forMarkdown.parse(text.title);
  const body = forMarkdown.parse(text.body);
  const actions = text.actions.map(({ label, url }) => ({
    label: forPlain.parse(label),
    url: forUrls.parse(url),
  }));
  return {
    render: (input) => {
      const scope = {
        labels: input.labels,
        data: input.data ?? {},
        user: input.user,
        base_url: input.baseUrl,
        template_id: input.templateId,
      };
      const say = (engine: Liquid, template: Template[]) =>
        (engine.renderSync(template, scope) as string).trim();
      return {
        title: say(forMarkdown, title).replaceAll(/\s+/g, " "),
        body: say(forMarkdown, body),
        actions: actions.map(({ label, url }) => ({ label: say(forPlain, label), url: say(forUrls, url) })),
      };
    },
  };
}

/** Never fails: a text that can't be rendered becomes a plain one that still says what happened. */
export function renderOrFallback(
  cache: Cache,
  version: { templateId: string; number: number; name: string } & TemplateText,
  input: RenderInput,
): Rendered & { failed: boolean } {
  const key = `${version.templateId} ${version.number}`;
  try {
    const compiled = cache(key, () => compile(version));
    return { ...compiled.render(input), failed: false };
  } catch {
    const facts = Object.entries(input.labels).map(
      ([name, value]) => `- ${escapeMarkdown(name)}: ${escapeMarkdown(value)}`,
    );
    return { title: escapeMarkdown(version.name), body: facts.join("\n"), actions: [], failed: true };
  }
}
