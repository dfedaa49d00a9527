// SQL of files: a row, and its content in chunks. The row comes first, so a file exists only once all its chunks do.
import { and, asc, eq, gte, lt, or, sql, type SQL } from "drizzle-orm";
import { query, type Statement } from "../../../../db/client.ts";
import { fileChunks, files } from "../../../../db/schema.ts";

/** Bytes in a row of content. */
export const chunkBytes = 1_048_576;

const isCompleteSql = sql`(SELECT count(*) FROM file_chunks WHERE file_id = files.id) * ${chunkBytes} >= files.size`;

/** True in SQL for a file that is there with all of its content. */
export const fileExistsSql = (id: string): SQL =>
  sql`EXISTS (SELECT 1 FROM files WHERE id = ${id} AND ${isCompleteSql})`;

/** By id or by the SHA-256 of its content. */
export function findFile(name: string) {
  return query
    .select()
    .from(files)
    .where(and(or(eq(files.id, name), eq(files.hash, name)), isCompleteSql));
}

/** The row, also of a file that is not whole yet. */
export function findFileRow(hash: string) {
  return query.select().from(files).where(eq(files.hash, hash));
}

export function insertFile(file: typeof files.$inferInsert, when: SQL): Statement {
  return query.run(sql`INSERT INTO ${files} (id, hash, size, created_by, created_at)
    SELECT ${file.id}, ${file.hash}, ${file.size}, ${file.createdBy}, ${file.createdAt}
    WHERE ${when} ON CONFLICT DO NOTHING`);
}

/** For the file with this content, also when another upload began it. */
export function insertChunk(hash: string, position: number, content: Uint8Array): Statement {
  return query.run(sql`INSERT INTO ${fileChunks} (file_id, position, content)
    SELECT id, ${position}, ${content} FROM files WHERE hash = ${hash} ON CONFLICT DO NOTHING`);
}

/** By the file's id or hash, from a position on. */
export function listChunks(name: string, from: number, count: number) {
  return query
    .select({ content: fileChunks.content })
    .from(fileChunks)
    .where(
      and(
        sql`${fileChunks.fileId} = (SELECT id FROM files WHERE id = ${name} OR hash = ${name})`,
        gte(fileChunks.position, from),
        lt(fileChunks.position, from + count),
      ),
    )
    .orderBy(asc(fileChunks.position));
}
