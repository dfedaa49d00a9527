// Watches the files of an embedded database: a write is durable only while the paths still lead to the open files. If
// somebody removes the `-wal`, every later commit is silently lost when the process ends.
import { rmSync, statSync, writeFileSync } from "node:fs";
import type { DatabaseClient } from "../../db/client.ts";

/** The file or its log was removed or replaced. Nothing more is written. */
export class FileReplacedError extends Error {
  override readonly name = "FileReplacedError";
  readonly code = "FILE_REPLACED";
  constructor(path: string) {
    super(`${path} was removed or replaced while Belfry was running`);
  }
}

/** The lost file, and the copy of the data or the reason why there is none. */
export interface Rescue {
  lost: string;
  copy: string | undefined;
  problem: string | undefined;
}

/**
 * Checks the files after each write. Once one was replaced, this and every later write fails with `FileReplacedError`; the
 * connection's data is copied beside the file, once, and `onReplaced` is called.
 */
export function guardFile(
  client: DatabaseClient,
  file: string,
  onReplaced: (rescue: Rescue) => void,
): DatabaseClient {
  // SQLite keeps these two while there is a connection.
  const besides = [`${file}-wal`, `${file}-shm`];
  const known = new Map([[file, inodeOf(file)]]);
  let failure: FileReplacedError | undefined;

  function check(): void {
    if (failure === undefined) {
      const lost = [...known].find(([path, inode]) => inodeOf(path) !== inode)?.[0];
      for (const path of besides) if (!known.has(path)) known.set(path, inodeOf(path));
      if (lost === undefined) return;
      failure = new FileReplacedError(lost);
      void rescue(client, file).then((found) => onReplaced({ lost, ...found }));
    }
    throw failure;
  }

  const batch: DatabaseClient["batch"] = async (statements, mode) => {
    if (mode !== "write") return client.batch(statements, mode);
    if (failure !== undefined) throw failure;
    const results = await client.batch(statements, mode);
    check();
    return results;
  };
  const reconnect: DatabaseClient["reconnect"] = async () => {
    check();
    // The last connection removes them; the next creates others.
    for (const path of besides) known.delete(path);
    await client.reconnect();
  };
  return new Proxy(client, {
    get(target, property) {
      if (property === "batch") return batch;
      if (property === "reconnect") return reconnect;
      const value = Reflect.get(target, property) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const inodeOf = (path: string): bigint | undefined =>
  statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;

async function rescue(client: DatabaseClient, file: string): Promise<Omit<Rescue, "lost">> {
  const copy = `${file}.rescued`;
  try {
    // SQLite would create it world-readable.
    rmSync(copy, { force: true });
    writeFileSync(copy, "", { mode: 0o600 });
    await client.execute({ sql: "VACUUM INTO ?", args: [copy] });
    return { copy, problem: undefined };
  } catch (error) {
    return { copy: undefined, problem: error instanceof Error ? error.message : String(error) };
  }
}
