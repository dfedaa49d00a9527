// belfry notifications templates edit: a text in the user's editor; once the server accepts it, it is the next version.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, ClientError, type NotificationTemplate, type TemplateVersion } from "../../client.ts";
import type { Context } from "../context.ts";
import { exit, Failure, tell } from "../failure.ts";
import { createPrompts } from "../prompts.ts";
import { defineCommand } from "../rules/command.ts";
import { readTemplateFile, slugOf, writeTemplateFile } from "../rules/template-file.ts";
import { activateVersion, findTemplate, findVersion, readNumber } from "./templates.ts";

export const edit = defineCommand({
  name: "edit",
  summary: "Write another text for a kind of notification in your editor (owners only)",
  takes: "NAME",
  least: 1,
  details: [
    "",
    "It opens VISUAL or EDITOR with the active text. What you save is tried out on the server, and stored as the",
    "next version once nothing is wrong with it. It is sent from when it is activated.",
  ],
  examples: [
    "belfry notifications templates edit custom-notification",
    "EDITOR=nano belfry notifications templates edit custom-notification --version 1",
  ],
  options: {
    version: { type: "string", value: "N", text: "begin with this version's text" },
    activate: { type: "boolean", text: "activate it without asking" },
  },
  async run(context, { options, words: [word = ""] }) {
    const number = readNumber(options.version);
    const client = context.client();
    const template = await findTemplate(client, word);
    const begun = writeTemplateFile(template.name, await findVersion(client, template, number));
    const folder = mkdtempSync(join(tmpdir(), "belfry-"));
    const file = join(folder, `${slugOf(template.name)}.md`);
    writeFileSync(file, begun, { mode: 0o600 });
    let stored: TemplateVersion | undefined;
    try {
      stored = await editUntilGood(context, client, template, { file, begun });
    } catch (error) {
      // What was typed is never thrown away.
      if (readFileSync(file, "utf8") === begun) rmSync(folder, { recursive: true });
      else context.say(`Your text is kept in ${file}`);
      throw error;
    }
    rmSync(folder, { recursive: true });
    if (stored === undefined) return context.say("Nothing was changed.");
    context.say(`Version ${stored.number} of "${template.name}" is stored.`);
    if (stored.active) return;
    const wanted = options.activate || (await isYes(context, "Activate it now?", false));
    if (wanted) return context.say(await activateVersion(client, template, stored.number));
    context.say(
      `To activate it: belfry notifications templates activate ${slugOf(template.name)} ${stored.number}`,
    );
  },
});

/** Undefined when the text is as it was. */
async function editUntilGood(
  context: Context,
  client: Client,
  template: NotificationTemplate,
  { file, begun }: { file: string; begun: string },
): Promise<TemplateVersion | undefined> {
  for (;;) {
    await openEditor(file, context.environment);
    const content = readFileSync(file, "utf8");
    if (content === begun) return undefined;
    const outcome = await store(client, template, content);
    if ("version" in outcome) return outcome.version;
    for (const line of outcome.problems) context.say(line);
    if (!(await isYes(context, "Edit it again?", true)))
      throw new Failure(exit.failed, "The text was not stored.");
  }
}

async function store(
  client: Client,
  { id }: NotificationTemplate,
  content: string,
): Promise<{ version: TemplateVersion } | { problems: string[] }> {
  const verdict = readTemplateFile(content);
  if (!verdict.ok) return { problems: [verdict.problem] };
  try {
    const version = await client.ask((routes) =>
      routes.notifications.templates[":id"].versions.$post({ param: { id }, json: verdict.text }),
    );
    return { version };
  } catch (error) {
    if (error instanceof ClientError && error.status === 400) return { problems: tell(error).lines };
    throw error;
  }
}

/** At the end of standard input nobody says yes. On a terminal the next editor must find the keyboard free. */
async function isYes(context: Context, question: string, offered: boolean): Promise<boolean> {
  const prompts = context.prompts.interactive ? createPrompts() : context.prompts;
  try {
    const answer = await prompts.line(`${question} [${offered ? "Y/n" : "y/N"}] `);
    if (answer === undefined) return false;
    return answer.trim() === "" ? offered : /^y(es)?$/i.test(answer.trim());
  } finally {
    if (prompts !== context.prompts) prompts.close();
  }
}

/** VISUAL goes before EDITOR, as with other programs; both may carry options of their own. */
export async function openEditor(
  file: string,
  environment: Record<string, string | undefined>,
): Promise<void> {
  const editor = [environment["VISUAL"], environment["EDITOR"]].find((words) => (words ?? "").trim() !== "");
  if (editor === undefined)
    throw new Failure(
      exit.usage,
      "Which editor? Neither VISUAL nor EDITOR is set.",
      "For example: EDITOR=nano",
    );
  const child =
    process.platform === "win32"
      ? spawn(`${editor} "${file}"`, { stdio: "inherit", shell: true })
      : spawn("/bin/sh", ["-c", `${editor} "$1"`, "sh", file], { stdio: "inherit" });
  const code = await new Promise<number | string | null>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(code ?? signal));
  });
  if (code !== 0) throw new Failure(exit.failed, `The editor "${editor}" ended with ${code}.`);
}
