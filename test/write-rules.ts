// Writes the linter's configuration from the table of rooms: npm run rules
import { writeFileSync } from "node:fs";
import { lintText } from "./house/lint.ts";

writeFileSync(new URL("../.oxlintrc.json", import.meta.url), lintText);
