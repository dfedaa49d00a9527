// The `q` of the list of templates, as Coder's clients write it: `exact_name:"docker" organization:"default"`; a bare word
// is part of a name.

export interface SearchedTemplate {
  name: string;
  displayName: string;
  organizationId: string;
  organizationName: string;
  createdByName: string | null;
  deprecationMessage: string;
  /** Of its active version. */
  hasAiTask: boolean;
}
export type TemplateSearchVerdict =
  | { ok: true; search: (template: SearchedTemplate) => boolean }
  | { ok: false; problem: string };

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
const contains = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase());
const named: Filter = (template, value) =>
  contains(template.name, value) || contains(template.displayName, value);

type Filter = (template: SearchedTemplate, value: string) => boolean;
const filters: Record<string, Filter> = {
  name: named,
  exact_name: (template, value) => same(template.name, value),
  organization: (template, value) =>
    same(template.organizationId, value) || same(template.organizationName, value),
  author: (template, value) => same(template.createdByName ?? "", value),
  deprecated: (template, value) => String(template.deprecationMessage !== "") === value.toLowerCase(),
  "has-ai-task": ({ hasAiTask }, value) => String(hasAiTask) === value.toLowerCase(),
};

/** Everything that is given must hold. Values may be in double quotes. */
export function parseTemplateSearch(q: string): TemplateSearchVerdict {
  const chosen: { filter: Filter; value: string }[] = [];
  for (const [, key, quoted, plain = ""] of q.matchAll(/(?:([\w-]+):)?(?:"([^"]*)"|(\S+))/g)) {
    const filter = key === undefined ? named : Object.hasOwn(filters, key) ? filters[key] : undefined;
    if (filter === undefined) {
      const known = Object.keys(filters).join(", ");
      return { ok: false, problem: `there is no filter "${key}"; known are ${known}` };
    }
    chosen.push({ filter, value: quoted ?? plain });
  }
  return { ok: true, search: (template) => chosen.every(({ filter, value }) => filter(template, value)) };
}
