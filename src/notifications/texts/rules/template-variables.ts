// Finds unknown variables of a template: by the names in its text, and by what rendering reads. Names are written
// `data.builds[].name`, for any index.

export interface Trace {
  /** The same value; what is read of it is recorded under `name`. */
  watch: <T>(name: string, value: T) => T;
  /** Names that were read and never found. */
  missed: () => string[];
}

/** Liquid defines these for every list and text. */
const builtInMembers = new Set(["size", "first", "last"]);

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
      // Templates read own members only: the renderer gets the descriptor first.
      getOwnPropertyDescriptor: (target, key) => {
        const descriptor = Reflect.getOwnPropertyDescriptor(target, key);
        if (typeof key === "string" && !Array.isArray(target) && !builtInMembers.has(key))
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

/** Undefined if one of the scopes has the variable; otherwise the shortest part of its name that no scope has. */
export function findUnknownName(path: readonly unknown[], scopes: readonly unknown[]): string | undefined {
  let values = [...scopes];
  let name = "";
  for (const step of path) {
    // A member whose name is a variable is known only when it is rendered.
    if (typeof step !== "string" && typeof step !== "number") return undefined;
    const key = String(step);
    if (name !== "" && builtInMembers.has(key) && values.some((value) => value !== null)) return undefined;
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

const maxNames = 20;

/** The names that exist beside an unknown one. */
export function siblingNames(name: string, scopes: readonly unknown[]): string[] {
  const parent = /^(.*)(\.[\w-]+|\["[^"]*"\]|\[\])$/s.exec(name)![1]!;
  const path = [...parent.matchAll(/\[\]|\["([^"]*)"\]|([\w-]+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? 0,
  );
  let values = [...scopes];
  for (const step of path) values = values.flatMap((value) => stepInto(value, step));
  const keys = values.flatMap((value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [],
  );
  return [...new Set(keys)]
    .toSorted()
    .slice(0, maxNames)
    .map((key) => join(parent, key));
}
