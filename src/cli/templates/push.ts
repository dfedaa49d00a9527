// belfry templates push: creates a version from a folder, and the template if it is new. Local state and secrets are never
// sent.
import { access, readdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { type Client, ClientError, type VersionBody } from "../../client.ts";
import { type TarFile, TarPathError, writeTar } from "../../kernel/rules/tar.ts";
import { problemWithTemplateName } from "../../workspaces/templates/rules/names.ts";
import { organization } from "../context.ts";
import { exit, Failure } from "../failure.ts";
import { withPath } from "../inputs.ts";
import { defineCommand, outputOption } from "../rules/command.ts";
import { type Manifest, parseManifest } from "../rules/input-files.ts";
import { plain, plainLine } from "../rules/text.ts";
import { lookUpTemplate } from "./manage.ts";

export const push = defineCommand({
  name: "push",
  summary: "Create a template version from a folder and activate it; creates the template if it is new",
  args: "[DIR]",
  maxArgs: 1,
  details: [
    "DIR is the current folder by default. DIR/belfry.json can set name, message, has_ai_task, parameters and presets.",
    "Not uploaded: .terraform, .git and Terraform state.",
  ],
  examples: [
    "belfry templates push ./docker",
    'belfry templates push ./docker --message "Newer base image" --no-activate',
  ],
  options: {
    name: {
      type: "string",
      value: "NAME",
      text: "template name (default: from belfry.json, then the folder's name)",
    },
    "version-name": { type: "string", value: "NAME", text: "version name (default: generated)" },
    message: { type: "string", value: "TEXT", text: "what changed in this version" },
    "no-activate": { type: "boolean", text: "create the version without activating it" },
    ...outputOption,
  },
  async run(context, { options, args }) {
    const folder = args[0] ?? ".";
    const path = join(folder, "belfry.json");
    const manifest = await readManifest(folder, path);
    const tar = await readFolder(folder);
    const client = context.client();
    const name = options.name ?? manifest?.name ?? basename(resolve(folder));
    const template = await lookUpTemplate(client, name);
    if (template === undefined) requireValidName(name);
    const message = options.message ?? manifest?.message;
    const version = await createVersion(client, path, {
      ...(options["version-name"] === undefined ? {} : { name: options["version-name"] }),
      ...(message === undefined ? {} : { message }),
      ...(template === undefined ? {} : { template_id: template.id }),
      file_id: await upload(client, tar),
      has_ai_task: manifest?.has_ai_task ?? false,
      parameters: manifest?.parameters ?? [],
      presets: manifest?.presets ?? [],
    });
    const isActive = template === undefined || !options["no-activate"];
    if (template === undefined) await createTemplate(client, name, version.id);
    else if (isActive)
      await client.ask((routes) =>
        routes.templates[":id"].versions.$patch({ param: { id: template.id }, json: { id: version.id } }),
      );
    if (options.output === "json") return context.printJson(version);
    const created =
      template === undefined
        ? `Created template ${name} with version ${version.name}`
        : `Created version ${version.name} of ${template.name}`;
    context.log(plainLine(`${created}${isActive ? ", now active" : ""}.`));
    for (const warning of version.warnings) context.log(plainLine(`Warning: ${warning}`));
    if (!isActive) context.log(`Activate it: belfry templates activate ${name} ${version.name}`);
  },
});

/** Checked before the upload, which would leave a version without a template. */
function requireValidName(name: string): void {
  const problem = problemWithTemplateName(name);
  if (problem !== undefined)
    throw new Failure(
      exit.usage,
      `invalid template name "${name}": ${problem}`,
      "Choose another with --name NAME.",
    );
}

/** Undefined when there is no file. */
async function readManifest(folder: string, path: string): Promise<Manifest | undefined> {
  await withPath(folder, access(folder));
  const isThere = await access(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== "ENOENT" && error.code !== "ENOTDIR",
  );
  if (!isThere) return undefined;
  const verdict = parseManifest(await withPath(path, readFile(path, "utf8")));
  if (!verdict.ok) throw new Failure(exit.failed, `${path}: ${verdict.problem}`);
  return verdict.manifest;
}

async function upload(client: Client, tar: Uint8Array<ArrayBuffer>): Promise<string> {
  const stored = await client.ask((routes) =>
    routes.files.$post({}, { headers: { "content-type": "application/x-tar" }, init: { body: tar } }),
  );
  return stored.hash;
}

/** The server validates the fields of belfry.json; an error names the file. */
async function createVersion(client: Client, path: string, json: Record<string, unknown>) {
  try {
    return await client.ask((routes) =>
      routes.organizations[":organization"].templateversions.$post({
        param: { organization },
        json: json as VersionBody,
      }),
    );
  } catch (error) {
    const wrong = error instanceof ClientError && error.status === 400 ? error.validations : [];
    const isOfManifest = wrong.some(({ field }) => !["name", "message", "body"].includes(field));
    if (!isOfManifest) throw error;
    const lines = wrong.map(({ field, detail }) => plain(`  ${field}: ${detail}`));
    throw new Failure(exit.failed, `${path} has invalid fields:`, lines.join("\n"));
  }
}

const createTemplate = (client: Client, name: string, versionId: string) =>
  client.ask((routes) =>
    routes.organizations[":organization"].templates.$post({
      param: { organization },
      json: { name, template_version_id: versionId },
    }),
  );

/** The server's limit. */
const maxTarBytes = 10_485_760;

/** Local state, history and secrets are never uploaded. */
const isExcluded = (name: string) =>
  name === ".terraform" || name === ".git" || /\.tfstate(\..*)?$/.test(name);

/** A tar of the folder. Throws a `Failure` with the path of what can't be uploaded. */
export async function readFolder(folder: string): Promise<Uint8Array<ArrayBuffer>> {
  const files = await collect(folder, "");
  if (files.length === 0) throw new Failure(exit.failed, `${folder}: no files to upload`);
  const tar = pack(folder, files);
  if (tar.length <= maxTarBytes) return tar;
  const [largest] = files.toSorted((a, b) => b.content.length - a.content.length);
  throw new Failure(
    exit.failed,
    `${folder}: ${tar.length} bytes as a tar, at most ${maxTarBytes} allowed`,
    `Largest file: ${join(folder, largest!.path)}, ${largest!.content.length} bytes`,
  );
}

function pack(folder: string, files: TarFile[]): Uint8Array<ArrayBuffer> {
  try {
    return writeTar(files);
  } catch (error) {
    if (!(error instanceof TarPathError)) throw error;
    throw new Failure(exit.failed, `${join(folder, error.path)}: path too long for a tar`);
  }
}

async function collect(folder: string, inside: string): Promise<TarFile[]> {
  const path = join(folder, inside);
  const files: TarFile[] = [];
  for (const entry of await withPath(path, readdir(path, { withFileTypes: true }))) {
    if (isExcluded(entry.name)) continue;
    const name = inside === "" ? entry.name : `${inside}/${entry.name}`;
    const full = join(folder, name);
    if (entry.isDirectory()) files.push(...(await collect(folder, name)));
    else if (entry.isFile()) {
      const { mode } = await withPath(full, stat(full));
      const content = await withPath(full, readFile(full));
      files.push({ path: name, content, executable: (mode & 0o111) !== 0 });
    } else {
      const kind = entry.isSymbolicLink() ? "a symbolic link" : "neither a file nor a folder";
      throw new Failure(exit.failed, `${full}: is ${kind}, can't be uploaded`, "Replace it with a file.");
    }
  }
  return files;
}
