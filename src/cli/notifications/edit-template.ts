// belfry notifications templates edit: a text in the user's editor; once the server accepts it, it is the next version.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { platform, tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, ClientError, type NotificationTemplate, type TemplateVersion } from "../../client.ts";
import type { Context } from "../context.ts";
import { describeError, exit, Failure } from "../failure.ts";
import { createPrompts } from "../prompts.ts";
import { defineCommand } from "../rules/command.ts";
import { readTemplateFile, slugOf, writeTemplateFile } from "../rules/input-files.ts";
import { activateVersion, findTemplate, findVersion, readVersionNumber } from "./templates.ts";

export const edit = defineCommand({
  name: "edit",
  summary: "Edit a notification template in your editor (owner role only)",
  args: "NAME",
  minArgs: 1,
  details: [
    "It opens the active version in VISUAL or EDITOR. The server validates the saved text and stores it as a new version,",
    "which is used once it is activated.",
  ],
  examples: [
    "belfry notifications templates edit custom-notification",
    "EDITOR=nano belfry notifications templates edit custom-notification --version 1",
  ],
  options: {
    version: { type: "string", value: "N", text: "start from this version" },
    activate: { type: "boolean", text: "activate the new version without asking" },
  },
  async run(context, { options, args: [word = ""] }) {
    const number = readVersionNumber(options.version);
    const client = context.client();
    const template = await findTemplate(client, word);
    const begun = writeTemplateFile(template.name, await findVersion(client, template, number));
    const folder = mkdtempSync(join(context.environment["TMPDIR"] ?? tmpdir(), "belfry-"));
    const file = join(folder, `${slugOf(template.name)}.md`);
    writeFileSync(file, begun, { mode: 0o600 });
    let stored: TemplateVersion | undefined;
    try {
      stored = await editUntilValid(context, client, template, { file, begun });
    } catch (error) {
      // An edited text is never deleted.
      if (readFileSync(file, "utf8") === begun) rmSync(folder, { recursive: true });
      else context.log(`Your text is saved in ${file}`);
      throw error;
    }
    rmSync(folder, { recursive: true });
    if (stored === undefined) return context.log("No changes.");
    context.log(`Created version ${stored.number} of "${template.name}".`);
    if (stored.active) return;
    const wanted = options.activate || (await isYes(context, "Activate it now?", false));
    if (wanted) return context.log(await activateVersion(client, template, stored.number));
    context.log(
      `Activate it: belfry notifications templates activate ${slugOf(template.name)} ${stored.number}`,
    );
  },
});

/** Undefined when the text was not changed. */
async function editUntilValid(
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
    for (const line of outcome.problems) context.log(line);
    if (!(await isYes(context, "Edit it again?", true)))
      throw new Failure(exit.failed, "The text was not saved on the server.");
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
    if (error instanceof ClientError && error.status === 400) return { problems: describeError(error).lines };
    throw error;
  }
}

/** No at the end of standard input. At a terminal the prompt is closed, so that the next editor gets the keyboard. */
async function isYes(context: Context, question: string, isYesDefault: boolean): Promise<boolean> {
  const prompts = context.prompts.interactive ? createPrompts(context.terminal) : context.prompts;
  try {
    const answer = await prompts.line(`${question} [${isYesDefault ? "Y/n" : "y/N"}] `);
    if (answer === undefined) return false;
    return answer.trim() === "" ? isYesDefault : /^y(es)?$/i.test(answer.trim());
  } finally {
    if (prompts !== context.prompts) prompts.close();
  }
}

/** VISUAL comes before EDITOR; both can contain options. */
export async function openEditor(file: string, env: Record<string, string | undefined>): Promise<void> {
  const editor = [env["VISUAL"], env["EDITOR"]].find((command) => (command ?? "").trim() !== "");
  if (editor === undefined)
    throw new Failure(exit.usage, "No editor: neither VISUAL nor EDITOR is set.", "For example: EDITOR=nano");
  const child =
    platform() === "win32"
      ? spawn(`${editor} "${file}"`, { stdio: "inherit", env, shell: true })
      : spawn("/bin/sh", ["-c", `${editor} "$1"`, "sh", file], { stdio: "inherit", env });
  const code = await new Promise<number | string | null>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(code ?? signal));
  });
  if (code !== 0)
    throw new Failure(
      exit.failed,
      `Editor "${editor}" failed: ${typeof code === "number" ? `exit code ${code}` : code}`,
    );
}
