// Writes the pages of public/docs/ that are made of what the program knows, and such parts of others: npm run docs
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder, madeDocuments } from "./support/documents.ts";

for (const [file, make] of Object.entries(madeDocuments)) {
  writeFileSync(join(folder, file), make());
  console.log(`public/docs/${file}`);
}
