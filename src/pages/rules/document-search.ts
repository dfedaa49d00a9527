// The search of the documentation: documents as sections of plain text, and which of them a query finds.
import { createAnchor, pagePath } from "./document.ts";

/** What stands below one heading. */
export interface DocumentSection {
  /** Its page. */
  page: string;
  title: string;
  /** The page's title again for what stands before its first heading. */
  heading: string;
  /** Empty at the top of the page. */
  anchor: string;
  text: string;
}

export interface FoundSection extends Omit<DocumentSection, "text"> {
  /** Alternately outside and inside of what was searched for. */
  excerpt: string[];
}

const maxWords = 8;
const maxPerPage = 3;
const maxFound = 20;
const excerptLength = 180;

const link = /!?\[([^\]]*)\]\([^)]*\)/g;

/** Markdown's signs are left out, and between the cells of a table stands a dot; code stays as it is. */
const plain = (line: string): string =>
  line
    .replaceAll(/^\s*(?:\||(?:[-+>*]|\d+\.)\s)|\|\s*$/g, " ")
    .replaceAll(/(?<!\\)\|/g, " · ")
    .replaceAll(/[`*]|\\(?=\|)/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();

/** Lines of a table, and items of a list, are sentences of their own. */
const isRow = (line: string): boolean => /^\s*\|/.test(line);

const heading = /^(#{1,6})\s+(.*)$/;

const isRule = (line = ""): boolean => /^\s*\|[\s|:-]+$/.test(line);
/** The names of a table's columns say nothing about what is in it. */
const isTableHead = (line: string, next: string | undefined): boolean => isRule(line) || isRule(next);

/** `file` is its path below docs/. Signs are cheaper to see than Markdown is to parse: the texts are our own. */
export function documentSections(text: string, file: string): DocumentSection[] {
  const page = pagePath(file);
  const taken = new Set<string>();
  const sections: DocumentSection[] = [];
  let isCode = false;
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    if (line.trimStart().startsWith("```")) {
      isCode = !isCode;
      continue;
    }
    const found = isCode ? null : heading.exec(line);
    const last = sections.at(-1);
    if (found !== null) {
      const words = found[2]!.replaceAll(/!?\[([^\]]*)\]\([^)]*\)|[`*]/g, "$1").trim();
      const anchor = found[1] === "#" ? "" : createAnchor(words, taken);
      sections.push({ page, title: sections[0]?.title ?? words, heading: words, anchor, text: "" });
    } else if (last !== undefined && line.trim() !== "" && !isTableHead(line, lines[index + 1])) {
      const isNext = last.text !== "" && !isCode && isRow(line);
      last.text = `${last.text}${isNext ? " · " : " "}${isCode ? line.trim() : plain(line)}`.trim();
    }
  }
  // Links can go on in the next line.
  return sections.map((section) => ({ ...section, text: section.text.replaceAll(link, "$1") }));
}

export const searchWords = (query: string): string[] =>
  query.toLowerCase().split(/\s+/).filter(Boolean).slice(0, maxWords);

/** Sections with all words somewhere in title, heading or text; those with the words in their heading first. */
export function findSections(sections: readonly DocumentSection[], query: string): FoundSection[] {
  const words = searchWords(query);
  if (words.length === 0) return [];
  const ranked = sections
    .map((section) => ({ section, rank: rankOf(section, words) }))
    .filter(({ rank }) => rank > 0)
    // Equal ones stay in the order of the contents.
    .toSorted((a, b) => b.rank - a.rank);
  const counts = new Map<string, number>();
  return ranked
    .filter(({ section: { page } }) => {
      counts.set(page, (counts.get(page) ?? 0) + 1);
      return counts.get(page)! <= maxPerPage;
    })
    .slice(0, maxFound)
    .map(({ section: { text, ...section } }) => ({ ...section, excerpt: excerptOf(text, words) }));
}

function rankOf({ title, heading, anchor, text }: DocumentSection, words: readonly string[]): number {
  const [inTitle, inHeading, inText] = [title, heading, text].map((part) => part.toLowerCase());
  let rank = 0;
  for (const word of words) {
    const own =
      (inHeading!.includes(word) ? 6 : 0) +
      (inText!.includes(word) ? 2 : 0) +
      (inTitle!.includes(word) ? (anchor === "" ? 4 : 1) : 0);
    if (own === 0) return 0;
    rank += own;
  }
  return rank;
}

/** Some text around the first word, or from the beginning where only the heading has it. */
function excerptOf(text: string, words: readonly string[]): string[] {
  const lower = text.toLowerCase();
  const places = words.map((word) => lower.indexOf(word)).filter((place) => place !== -1);
  const first = Math.max(0, Math.min(...(places.length === 0 ? [0] : places)) - 60);
  const from = first === 0 ? 0 : text.indexOf(" ", first) + 1;
  const part = text.slice(from, from + excerptLength);
  const end = from + excerptLength < text.length ? `${part.replace(/\s\S*$/, "")} …` : part;
  const whole = from > 0 ? `… ${end}` : end;
  const pattern = words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join("|");
  return whole.split(new RegExp(`(${pattern})`, "i"));
}
