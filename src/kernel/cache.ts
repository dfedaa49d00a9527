// Remembers what was made for a key, for as long as the cache is kept.
import type { Cache } from "./ports.ts";

/** What `make` throws is not remembered. */
export function createCache(): Cache {
  const made = new Map<string, unknown>();
  return <T>(key: string, make: () => T): T => {
    if (!made.has(key)) made.set(key, make());
    return made.get(key) as T;
  };
}
