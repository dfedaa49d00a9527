// Writes what is generated from db/templates, the routes and what else the program knows: npm run docs
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadTemplateFiles } from "../db/template-files.ts";
import { registryFile, registryText } from "./house/kinds.ts";

writeFileSync(registryFile, registryText(loadTemplateFiles()));
console.log("src/notifications/kinds/registry.ts");

// Loaded now: the program knows the kinds that have just been written.
const { folder, madeDocuments } = await import("./support/documents.ts");
for (const [file, make] of Object.entries(madeDocuments)) {
  writeFileSync(join(folder, file), make());
  console.log(`public/docs/${file}`);
}

const { answersFile, answersText } = await import("./house/answers.ts");
writeFileSync(answersFile, answersText());
console.log("test/support/answers.ts");
