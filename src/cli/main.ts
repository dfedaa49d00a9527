// `belfry`: one command of the command line, in this process.
import { runCli } from "./cli.ts";

process.exitCode = await runCli(process.argv.slice(2), process);
