// Files: the tar of a template's folder, stored once for each content.
import { createHash } from "node:crypto";
import type { Actor } from "../../accounts/rules/actor.ts";
import { findKey } from "../../accounts/store/keys.ts";
import type { Deps } from "../../kernel/deps.ts";
import { forbidden, invalid, unauthorized } from "../../kernel/errors.ts";
import { validateTar } from "../../kernel/rules/tar.ts";
import { chunkBytes, findFile, findFileRow, insertChunk, insertFile, listChunks } from "./store/files.ts";
import { canManageTemplatesSql } from "./store/templates.ts";

/** Chunks in one write: as base64 they stay below what a server takes in one request. */
const maxChunksPerWrite = 2;
/** Chunks in one read: an answer may have 10 MB. */
const maxChunksPerRead = 4;

export interface StoreResult {
  file: StoredFile;
  /** False when the content was there before. */
  isNew: boolean;
}

export interface StoredFile {
  id: string;
  hash: string;
  size: number;
}

export function hashContent(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Several writes, each good to be sent again; the file is there when the last one is. Throws 400, 403. */
export async function storeFile(deps: Deps, actor: Actor, content: Uint8Array): Promise<StoreResult> {
  const problem = validateTar(content);
  if (problem !== undefined) throw invalid("body", problem);
  const hash = hashContent(content);
  const file = {
    id: deps.newId(),
    hash,
    size: content.length,
    createdBy: actor.userId,
    createdAt: deps.now(),
  };
  const count = Math.ceil(content.length / chunkBytes);
  for (let from = 0; ; from += maxChunksPerWrite) {
    const positions = Array.from(
      { length: Math.min(maxChunksPerWrite, count - from) },
      (_, index) => from + index,
    );
    const { row, whole, caller } = await deps.db.write(
      [
        insertFile(file, canManageTemplatesSql(actor)),
        ...positions.map((position) =>
          insertChunk(hash, position, content.subarray(position * chunkBytes, (position + 1) * chunkBytes)),
        ),
      ],
      { row: findFileRow(hash), whole: findFile(hash), caller: findKey(actor.keyId) },
    );
    if (row[0] === undefined)
      throw caller.length === 0 ? unauthorized() : forbidden("Only owners and template admins can upload.");
    if (whole[0] !== undefined) return { file: whole[0], isNew: whole[0].id === file.id };
    if (from >= count) throw new Error(`file ${row[0].id} is not whole after its last chunk`);
  }
}

/** What a request that asks for a file reads first: most are no longer than this. */
export const fileReads = (name: string) => ({
  file: findFile(name),
  chunks: listChunks(name, 0, maxChunksPerRead),
});

/** The whole content, of which the first chunks are read already. */
export async function readFile(
  deps: Deps,
  file: StoredFile,
  first: readonly { content: Uint8Array }[],
): Promise<Uint8Array<ArrayBuffer>> {
  const content = new Uint8Array(file.size);
  let length = 0;
  for (let chunks = first; ;) {
    for (const chunk of chunks) {
      content.set(chunk.content, length);
      length += chunk.content.length;
    }
    if (length >= file.size) return content;
    if (chunks.length === 0) throw new Error(`file ${file.id} lacks content from byte ${length} on`);
    chunks = (
      await deps.db.read({ chunks: listChunks(file.id, Math.ceil(length / chunkBytes), maxChunksPerRead) })
    ).chunks;
  }
}
