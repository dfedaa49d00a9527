// Values within Markdown.

/** Makes a value that shows as itself in Markdown: no emphasis, link, heading, list, code, HTML or line of its own. */
export function escapeMarkdown(value: string): string {
  return value
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\\`*_{}[\]()<>#+!|~=&:@]/g, "\\$&")
    .replace(/^( *)(-)/, "$1\\$2")
    .replace(/^( *\d+)(\.)/, "$1\\$2");
}
