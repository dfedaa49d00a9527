// Markdown of a notification as HTML for the inside of a page.
import { toHtml } from "../../notifications/texts/rules/markdown.ts";

/**
 * Headings sink below the notification's own title (an h2), and the columns of a table are aligned by classes, because
 * pages allow no inline style. The renderer escapes quotes and angle brackets of the text, so what matches is its own.
 */
export function toProse(markdown: string): string {
  return toHtml(markdown)
    .replaceAll(/<(\/?)h([1-6])>/g, (_tag, slash: string, level: string) => {
      return `<${slash}h${Math.min(6, Number(level) + 2)}>`;
    })
    .replaceAll(/ style="text-align:(left|center|right)"/g, ' class="$1"');
}
