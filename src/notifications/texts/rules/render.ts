// Renders a template with an event. Labels are escaped for their context (Markdown or URL), unless the template says `| raw`.
import type { Liquid } from "liquidjs";
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
  /** Whether it says anything about the user: otherwise an event's text is the same for all. */
  isPersonal: boolean;
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
  const title = compileText(forMarkdown, text.title);
  const body = compileText(forMarkdown, text.body);
  const actions = text.actions.map(({ label, url }) => ({
    label: compileText(forPlain, label),
    url: compileText(forUrls, url),
  }));
  const texts = [text.title, text.body, ...text.actions.flatMap(({ label, url }) => [label, url])];
  return {
    isPersonal: texts.some((one) =>
      variablesIn(one).some(([name]) => typeof name !== "string" || name === "user"),
    ),
    render: (input) => {
      const scope = {
        labels: input.labels,
        data: input.data ?? {},
        user: input.user,
        base_url: input.baseUrl,
        template_id: input.templateId,
      };
      return {
        title: title(scope).replaceAll(/\s+/g, " "),
        body: body(scope),
        actions: actions.map(({ label, url }) => ({ label: label(scope), url: url(scope) })),
      };
    },
  };
}

interface Scope {
  labels: Record<string, string>;
  [name: string]: unknown;
}

/** A text that is one label as it is, such as those of custom notifications, needs no engine. */
function compileText(engine: Liquid, text: string): (scope: Scope) => string {
  const template = engine.parse(text);
  const render = (scope: Scope) => (engine.renderSync(template, scope) as string).trim();
  const label = /^\s*\{\{ labels\.([a-z_]+) \| raw \}\}\s*$/.exec(text)?.[1];
  if (label === undefined) return render;
  return (scope) => {
    const value: unknown = scope.labels[label];
    return typeof value === "string" && value.length <= maxPlainLength ? value.trim() : render(scope);
  };
}

/** For longer ones the engine's limits apply. */
const maxPlainLength = 10_000;

/** Never throws: if a text can't be rendered, the labels are shown as a list. */
export function renderOrFallback(
  cache: Cache,
  version: { templateId: string; number: number; name: string } & TemplateText,
  input: RenderInput,
): Rendered & { failed: boolean; isPersonal: boolean } {
  const key = `${version.templateId} ${version.number}`;
  try {
    const compiled = cache(key, () => compile(version));
    return { ...compiled.render(input), failed: false, isPersonal: compiled.isPersonal };
  } catch {
    const facts = Object.entries(input.labels).map(
      ([name, value]) => `- ${escapeMarkdown(name)}: ${escapeMarkdown(value)}`,
    );
    const title = escapeMarkdown(version.name);
    return { title, body: facts.join("\n"), actions: [], failed: true, isPersonal: true };
  }
}

/** The text of an event that came with it: nothing in it is a variable. */
export const withoutTemplate = (text: Rendered): Rendered & { failed: false; isPersonal: false } => ({
  ...text,
  failed: false,
  isPersonal: false,
});
