// Which names of a template's text lead to something: by the names that stand in it, and by what rendering looks up.
// Names are written `data.builds[].name`, whichever element it is. Part of the check of templates.

export interface Trace {
  /** The same value, noting what is looked up in it; `name` is what the text calls it. */
  watch: <T>(name: string, value: T) => T;
  /** Names that were looked up and found nowhere. */
  missed: () => string[];
}

/** Answered by the language for every list and text. */
const ofEverything = new Set(["size", "first", "last"]);

export function createTrace(): Trace {
  const found = new Set<string>();
  const missed = new Set<string>();
  const watch = <T>(name: string, value: T): T => {
    if (typeof value !== "object" || value === null) return value;
    return new Proxy<object>(value, {
      get: (target, key, receiver) => {
        const member: unknown = Reflect.get(target, key, receiver);
        return typeof key === "string" && Object.hasOwn(target, key)
          ? watch(nameOf(name, target, key), member)
          : member;
      },
      // Templates see own members only: this is what the renderer asks before it reads one.
      getOwnPropertyDescriptor: (target, key) => {
        const descriptor = Reflect.getOwnPropertyDescriptor(target, key);
        if (typeof key === "string" && !Array.isArray(target) && !ofEverything.has(key))
          (descriptor === undefined ? missed : found).add(nameOf(name, target, key));
        return descriptor;
      },
    }) as T;
  };
  return { watch, missed: () => [...missed].filter((name) => !found.has(name)) };
}

const nameOf = (name: string, target: object, key: string): string =>
  Array.isArray(target) ? `${name}[]` : join(name, key);

const join = (name: string, key: string): string =>
  name === "" ? key : /^[\w-]+$/.test(key) ? `${name}.${key}` : `${name}["${key}"]`;

/** Undefined when one of the scopes has it; otherwise its name, as far as none has it. */
export function existsIn(path: readonly unknown[], scopes: readonly unknown[]): string | undefined {
  let values = [...scopes];
  let name = "";
  for (const step of path) {
    // Which member it is shows only when it is rendered.
    if (typeof step !== "string" && typeof step !== "number") return undefined;
    const key = String(step);
    if (name !== "" && ofEverything.has(key) && values.some((value) => value !== null)) return undefined;
    name = typeof step === "number" ? `${name}[]` : join(name, key);
    values = values.flatMap((value) => stepInto(value, step));
    if (values.length === 0) return name;
  }
  return undefined;
}

function stepInto(value: unknown, step: string | number): unknown[] {
  if (typeof step === "number") return Array.isArray(value) ? (value as unknown[]) : [];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.hasOwn(value, step) ? [(value as Record<string, unknown>)[step]] : [];
}

const mostNames = 20;

/** What stands beside a name that is not there. */
export function namesIn(name: string, scopes: readonly unknown[]): string[] {
  const parent = /^(.*)(\.[\w-]+|\["[^"]*"\]|\[\])$/s.exec(name)?.[1] ?? "";
  const path = [...parent.matchAll(/\[\]|\["([^"]*)"\]|([\w-]+)/g)].map(
    ([whole, quoted, plain]) => quoted ?? plain ?? (whole === "[]" ? 0 : whole),
  );
  let values = [...scopes];
  for (const step of path) values = values.flatMap((value) => stepInto(value, step));
  const keys = values.flatMap((value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [],
  );
  return [...new Set(keys)]
    .toSorted()
    .slice(0, mostNames)
    .map((key) => join(parent, key));
}
