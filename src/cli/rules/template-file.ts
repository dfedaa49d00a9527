// A notification template as a file: front matter with a title and actions, then the body. The files of db/templates/ have
// the same form; their other fields are ignored.

export interface TemplateFileText {
  title_template: string;
  body_template: string;
  actions: { label: string; url: string }[];
}

export type FileVerdict = { ok: true; text: TemplateFileText } | { ok: false; problem: string };

/** The fields of a kind: only its text is edited. */
const ignored = [
  "id",
  "key",
  "name",
  "group",
  "kind",
  "enabled_by_default",
  "icon",
  "severity",
  "about",
  "audience",
  "always_on",
  "only_by_mail",
  "reaches_suspended",
  "coder",
  "method",
  "sample",
];

export function readTemplateFile(content: string): FileVerdict {
  const wrong = (problem: string): FileVerdict => ({ ok: false, problem });
  const parts = /^---\n(.*?)\n---(?:\n(.*))?$/s.exec(content.replaceAll("\r\n", "\n").replace(/^\uFEFF/, ""));
  if (parts === null)
    return wrong(
      "The file must begin with fields like `title: …` between two lines of `---`; the body follows.",
    );
  let title: string | undefined;
  const actions: TemplateFileText["actions"] = [];
  for (const [index, line] of parts[1]!.split("\n").entries()) {
    const [, name, value] = /^(\w+):[ \t]*(.*)$/.exec(line) ?? [];
    if (line.trim() === "" || (name !== undefined && ignored.includes(name))) continue;
    if (name === "title") title = value!.trim();
    else if (name === "action") {
      const [, label, url] = /^(.*?)(?:^|[ \t])->(?:[ \t]|$)(.*)$/.exec(value!) ?? [];
      if (label === undefined || url === undefined)
        return wrong(`Line ${index + 2}: invalid action, use \`action: Label -> URL\``);
      actions.push({ label: label.trim(), url: url.trim() });
    } else return wrong(`Line ${index + 2}: unknown field "${line}", use title or action`);
  }
  if (title === undefined) return wrong("title: missing, add a line `title: …`");
  return { ok: true, text: { title_template: title, body_template: (parts[2] ?? "").trim(), actions } };
}

/** `name` only tells the editor which template it is. */
export function writeTemplateFile(name: string, text: TemplateFileText): string {
  const front = [
    `name: ${onOneLine(name)}`,
    `title: ${onOneLine(text.title_template)}`,
    ...text.actions.map(({ label, url }) => `action: ${onOneLine(label)} -> ${onOneLine(url)}`),
  ];
  return `---\n${front.join("\n")}\n---\n\n${text.body_template}\n`;
}

/** Titles and actions are shown on one line anyway. */
const onOneLine = (text: string) => text.replaceAll(/\s+/g, " ").trim();

/** `custom-notification`: as people type it, and as a file name. */
export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-|-$/g, "");
