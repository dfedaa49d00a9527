// belfry templates push: creates a version from a folder, and the template if it is new. Local state and secrets are never
// sent.
import { access, readdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { type Client, ClientError, type VersionBody } from "../../client.ts";
import { type TarFile, TarPathError, writeTar } from "../../kernel/rules/tar.ts";
import { problemWithTemplateName } from "../../workspaces/templates/rules/template-name.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { type Manifest, parseManifest } from "../rules/manifest.ts";
import { plain, plainLine } from "../rules/text.ts";
import { lookUpTemplate, organization } from "./manage.ts";

export const push = defineCommand({
  name: "push",
  summary: "Make a version of a template from a folder, and the template if it is new",
  takes: "[DIR]",
  most: 1,
  details: [
    "",
    "DIR is the current folder when missing. DIR/belfry.json may have name, message, has_ai_task, parameters",
    "and presets. .terraform, .git and Terraform's state stay where they are.",
  ],
  examples: [
    "belfry templates push ./docker",
    'belfry templates push ./docker --message "Newer base image" --no-activate',
  ],
  options: {
    name: {
      type: "string",
      value: "NAME",
      text: "the template (else belfry.json's, else the folder's name)",
    },
    "version-name": { type: "string", value: "NAME", text: "the version's name; made up when missing" },
    message: { type: "string", value: "TEXT", text: "what is new in it" },
    "no-activate": { type: "boolean", text: "leave the version that is active as it is" },
    ...outputOption,
  },
  async run(context, { options, words }) {
    const folder = words[0] ?? ".";
    const path = join(folder, "belfry.json");
    const manifest = await readManifest(folder, path);
    const tar = await readFolder(folder);
    const client = context.client();
    const name = options.name ?? manifest?.name ?? basename(resolve(folder));
    const template = await lookUpTemplate(client, name);
    if (template === undefined) refuseBadName(name);
    const message = options.message ?? manifest?.message;
    const version = await makeVersion(client, path, {
      ...(options["version-name"] === undefined ? {} : { name: options["version-name"] }),
      ...(message === undefined ? {} : { message }),
      ...(template === undefined ? {} : { template_id: template.id }),
      file_id: await upload(client, tar),
      has_ai_task: manifest?.has_ai_task ?? false,
      parameters: manifest?.parameters ?? [],
      presets: manifest?.presets ?? [],
    });
    const isActive = template === undefined || !options["no-activate"];
    if (template === undefined) await makeTemplate(client, name, version.id);
    else if (isActive)
      await client.ask((routes) =>
        routes.templates[":id"].versions.$patch({ param: { id: template.id }, json: { id: version.id } }),
      );
    if (options.output === "json") return context.printJson(version);
    const made = template === undefined ? `Made the template ${name} with` : `Made`;
    const of = template === undefined ? "" : ` of ${template.name}`;
    context.say(
      plainLine(`${made} version ${version.name}${of}.${isActive ? " It is the active one." : ""}`),
    );
    for (const warning of version.warnings) context.say(plainLine(`Warning: ${warning}`));
    if (!isActive) context.say(`To make it active: belfry templates activate ${name} ${version.name}`);
  },
});

/** Before anything is sent: a version without a template would be left. */
function refuseBadName(name: string): void {
  const problem = problemWithTemplateName(name);
  if (problem !== undefined)
    throw new Failure(
      exit.usage,
      `"${name}" can't be a template's name: it ${problem}.`,
      "Give it another with --name NAME.",
    );
}

/** Undefined when there is no file. */
async function readManifest(folder: string, path: string): Promise<Manifest | undefined> {
  await readable(folder, access(folder));
  const isThere = await access(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== "ENOENT" && error.code !== "ENOTDIR",
  );
  if (!isThere) return undefined;
  const verdict = parseManifest(await readable(path, readFile(path, "utf8")));
  if (!verdict.ok) throw new Failure(exit.failed, `${path} can't be used: ${verdict.problem}.`);
  return verdict.manifest;
}

async function upload(client: Client, tar: Uint8Array<ArrayBuffer>): Promise<string> {
  const stored = await client.ask((routes) =>
    routes.files.$post({}, { headers: { "content-type": "application/x-tar" }, init: { body: tar } }),
  );
  return stored.hash;
}

/** The members of belfry.json go as they are: the server says what is wrong with them, this says where they are. */
async function makeVersion(client: Client, path: string, json: Record<string, unknown>) {
  try {
    return await client.ask((routes) =>
      routes.organizations[":organization"].templateversions.$post({
        param: { organization },
        json: json as VersionBody,
      }),
    );
  } catch (error) {
    const wrong = error instanceof ClientError && error.status === 400 ? error.validations : [];
    const isManifests = wrong.some(({ field }) => !["name", "message", "body"].includes(field));
    if (!isManifests) throw error;
    const lines = wrong.map(({ field, detail }) => plain(`  ${field}: ${detail}`));
    throw new Failure(exit.failed, `${path} can't be used:`, lines.join("\n"));
  }
}

const makeTemplate = (client: Client, name: string, versionId: string) =>
  client.ask((routes) =>
    routes.organizations[":organization"].templates.$post({
      param: { organization },
      json: { name, template_version_id: versionId },
    }),
  );

/** What the server takes. */
const largestTar = 10_485_760;

/** Of one machine, of the history, or full of secrets: never sent. */
const isLeftOut = (name: string) =>
  name === ".terraform" || name === ".git" || /\.tfstate(\..*)?$/.test(name);

/** A tar of all that is in the folder. Throws `Failure` with the path of what can't be sent. */
export async function readFolder(folder: string): Promise<Uint8Array<ArrayBuffer>> {
  const files = await collect(folder, "");
  if (files.length === 0) throw new Failure(exit.failed, `${folder} has no files that could be sent.`);
  const tar = pack(folder, files);
  if (tar.length <= largestTar) return tar;
  const [largest] = files.toSorted((a, b) => b.content.length - a.content.length);
  throw new Failure(
    exit.failed,
    `${folder} has ${tar.length} bytes as a tar, ${largestTar} are allowed.`,
    `The largest file is ${join(folder, largest!.path)}, ${largest!.content.length} bytes.`,
  );
}

function pack(folder: string, files: TarFile[]): Uint8Array<ArrayBuffer> {
  try {
    return writeTar(files);
  } catch (error) {
    if (!(error instanceof TarPathError)) throw error;
    throw new Failure(exit.failed, `${join(folder, error.path)}: the path is too long for a tar.`);
  }
}

async function collect(folder: string, inside: string): Promise<TarFile[]> {
  const path = join(folder, inside);
  const files: TarFile[] = [];
  for (const entry of await readable(path, readdir(path, { withFileTypes: true }))) {
    if (isLeftOut(entry.name)) continue;
    const name = inside === "" ? entry.name : `${inside}/${entry.name}`;
    const full = join(folder, name);
    if (entry.isDirectory()) files.push(...(await collect(folder, name)));
    else if (entry.isFile()) {
      const { mode } = await readable(full, stat(full));
      const content = await readable(full, readFile(full));
      files.push({ path: name, content, executable: (mode & 0o111) !== 0 });
    } else {
      const kind = entry.isSymbolicLink() ? "a symbolic link" : "no file and no folder";
      throw new Failure(exit.failed, `${full} is ${kind}: it can't be sent.`, "Put the file itself there.");
    }
  }
  return files;
}

/** Words for what a disk says. */
const reasons: Record<string, string> = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "it is no folder",
  EACCES: "you may not read it",
  EISDIR: "it is a folder",
};

export async function readable<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new Failure(exit.failed, `${path} can't be read: ${reasons[code] ?? message}.`);
  }
}
