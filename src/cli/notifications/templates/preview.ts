// belfry notifications templates preview: what a text becomes.
import { readFileSync } from "node:fs";
import { exit, Failure } from "../../failure.ts";
import { defineCommand, outputOption } from "../../rules/command.ts";
import { readTemplateFile, type TemplateFileText } from "../../rules/template-file.ts";
import { plain, plainLine } from "../../rules/text.ts";
import { findTemplate, findVersion, readNumber } from "../../templates.ts";

export const preview = defineCommand({
  name: "preview",
  summary: "Show what a text becomes: the active one, another version, or one in a file (owners only)",
  takes: "NAME",
  least: 1,
  details: ["", "A file has the form that edit opens. --file - reads standard input."],
  examples: [
    "belfry notifications templates preview custom-notification",
    "belfry notifications templates preview custom-notification --version 3",
    "belfry notifications templates preview custom-notification --file draft.md --output json",
  ],
  options: {
    version: { type: "string", value: "N", text: "this version" },
    file: { type: "string", value: "FILE", text: "the text in this file" },
    ...outputOption,
  },
  async run(context, { options, words: [word = ""] }) {
    if (options.version !== undefined && options.file !== undefined)
      throw new Failure(exit.usage, "Either --version or --file: each is a text of its own.");
    const number = readNumber(options.version);
    const draft = options.file === undefined ? undefined : readDraft(options.file);
    const client = context.client();
    const template = await findTemplate(client, word);
    const { title_template, body_template, actions } = draft ?? (await findVersion(client, template, number));
    const shown = await client.ask((routes) =>
      routes.notifications.templates[":id"].preview.$post({
        param: { id: template.id },
        json: { title_template, body_template, actions },
      }),
    );
    if (options.output === "json") return context.printJson(shown);
    context.print(context.bold(plainLine(shown.title_text)));
    if (shown.body_text !== "") context.print(`\n${plain(shown.body_text)}`);
    if (shown.actions.length > 0) context.print("");
    for (const { label, url } of shown.actions) context.print(plainLine(`[${label}] ${url}`));
  },
});

function readDraft(file: string): TemplateFileText {
  let content: string;
  try {
    content = readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new Failure(exit.failed, `${file} can't be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
  const verdict = readTemplateFile(content);
  if (verdict.ok) return verdict.text;
  throw new Failure(exit.failed, `${file}: ${verdict.problem}`);
}
