// Which command of Coder's program asks: it says so with every request, as base64 of JSON.
import { fields, parseJson, textOr } from "../../kernel/rules/json.ts";

export const coderCommandHeader = "coder-cli-telemetry";
const maxHeaderLength = 4_096;

/** Like `coder ssh`; empty for other programs, and for what can't be read. */
export function coderCommandOf(header: string | undefined): string {
  if (header === undefined || header.length > maxHeaderLength || !/^[A-Za-z0-9+/]+=*$/.test(header))
    return "";
  try {
    return textOr(fields(parseJson(atob(header)))["command"], "");
  } catch {
    return "";
  }
}

/** Whether the command is for a connection into a workspace, which Belfry never opens. */
export const isForConnection = (command: string): boolean =>
  /^coder (ssh|port-forward|ping|speedtest|vscodessh|open vscode|exp rpty|exp scaletest)\b/.test(command);
