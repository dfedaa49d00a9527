// Opens a file in the person's editor and waits until they are done. `belfry notifications templates edit` calls it.
import { spawn } from "node:child_process";
import { exit, Failure } from "./failure.ts";

/** VISUAL goes before EDITOR, as with other programs; both may carry options of their own. */
export async function openEditor(
  file: string,
  environment: Record<string, string | undefined>,
): Promise<void> {
  const editor = [environment["VISUAL"], environment["EDITOR"]].find((words) => (words ?? "").trim() !== "");
  if (editor === undefined)
    throw new Failure(
      exit.usage,
      "Which editor? Neither VISUAL nor EDITOR is set.",
      "For example: EDITOR=nano",
    );
  const child =
    process.platform === "win32"
      ? spawn(`${editor} "${file}"`, { stdio: "inherit", shell: true })
      : spawn("/bin/sh", ["-c", `${editor} "$1"`, "sh", file], { stdio: "inherit" });
  const code = await new Promise<number | string | null>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(code ?? signal));
  });
  if (code !== 0) throw new Failure(exit.failed, `The editor "${editor}" ended with ${code}.`);
}
