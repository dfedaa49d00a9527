// Renders a template with an event. Labels are escaped for their context (Markdown or URL), unless the template says `| raw`.
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

/** The variables of templates. */
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
/** Labels of actions are plain text: they are escaped where they are shown. */
const forPlain = createLiquid();
const forUrls = createLiquid({ outputEscape: (value: unknown) => encodeURIComponent(asText(value)) });

const asText = (value: unknown): string =>
  value === null || value === undefined
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);

/** The variables of a text as paths: `["labels", "name"]`; a step that is itself a variable is an array. Throws as `compile`. */
export const variablesIn = (text: string): unknown[][] => forPlain.globalVariableSegmentsSync(text);

/** Throws Liquid's error if the text can't be parsed. */
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
      const renderText = (engine: Liquid, template: Template[]) =>
        (engine.renderSync(template, scope) as string).trim();
      return {
        title: renderText(forMarkdown, title).replaceAll(/\s+/g, " "),
        body: renderText(forMarkdown, body),
        actions: actions.map(({ label, url }) => ({
          label: renderText(forPlain, label),
          url: renderText(forUrls, url),
        })),
      };
    },
  };
}

/** Never throws: if a text can't be rendered, the labels are shown as a list. */
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
