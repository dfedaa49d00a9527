// The text of a notification as a file: front matter with a title and buttons, the body below. The files of
// db/templates/ have the same form; what else stands in theirs is passed over.

export interface TemplateFileText {
  title_template: string;
  body_template: string;
  actions: { label: string; url: string }[];
}

export type FileVerdict = { ok: true; text: TemplateFileText } | { ok: false; problem: string };

const passedOver = ["id", "key", "name", "group", "kind", "enabled_by_default", "method", "sample"];

export function readTemplateFile(content: string): FileVerdict {
  const wrong = (problem: string): FileVerdict => ({ ok: false, problem });
  const parts = /^---\n(.*?)\n---(?:\n(.*))?$/s.exec(content.replaceAll("\r\n", "\n").replace(/^\uFEFF/, ""));
  if (parts === null)
    return wrong("It must begin with lines like `title: …` between two lines of `---`, the body below them.");
  let title: string | undefined;
  const actions: TemplateFileText["actions"] = [];
  for (const [index, line] of parts[1]!.split("\n").entries()) {
    const [, name, value] = /^(\w+):[ \t]*(.*)$/.exec(line) ?? [];
    if (line.trim() === "" || (name !== undefined && passedOver.includes(name))) continue;
    if (name === "title") title = value!.trim();
    else if (name === "action") {
      const [, label, url] = /^(.*?)(?:^|[ \t])->(?:[ \t]|$)(.*)$/.exec(value!) ?? [];
      if (label === undefined || url === undefined)
        return wrong(`Line ${index + 2}: a button is written as \`action: Label -> URL\`.`);
      actions.push({ label: label.trim(), url: url.trim() });
    } else return wrong(`Line ${index + 2}: "${line}" is neither a title nor an action.`);
  }
  if (title === undefined) return wrong("The line `title: …` is missing.");
  return { ok: true, text: { title_template: title, body_template: (parts[2] ?? "").trim(), actions } };
}

/** `name` is for the reader. */
export function writeTemplateFile(name: string, text: TemplateFileText): string {
  const front = [
    `name: ${onOneLine(name)}`,
    `title: ${onOneLine(text.title_template)}`,
    ...text.actions.map(({ label, url }) => `action: ${onOneLine(label)} -> ${onOneLine(url)}`),
  ];
  return `---\n${front.join("\n")}\n---\n\n${text.body_template}\n`;
}

/** Titles and buttons are shown on one line however they are written. */
const onOneLine = (text: string) => text.replaceAll(/\s+/g, " ").trim();

/** `custom-notification`: what people type, and a file's name. */
export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-|-$/g, "");
