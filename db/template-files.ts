// The notification templates of this release, read from db/templates.
import { readFileSync, readdirSync } from "node:fs";
import { parseTemplateFile, type TemplateFile } from "./rules/template-file.ts";

export interface NamedTemplateFile extends TemplateFile {
  /** The file's name without `.md`; `defineKind` is called with it. */
  slug: string;
}

const folder = new URL("./templates/", import.meta.url);

/** Sorted by name. Throws an error with the name of a malformed file. */
export function loadTemplateFiles(): NamedTemplateFile[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".md"))
    .toSorted()
    .map((file) => {
      try {
        const slug = file.slice(0, -".md".length);
        return { slug, ...parseTemplateFile(readFileSync(new URL(file, folder), "utf8")) };
      } catch (error) {
        throw new Error(`db/templates/${file}: ${(error as Error).message}`, { cause: error });
      }
    });
}
