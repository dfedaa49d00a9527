// What a row of the inbox shows besides its title: an icon for severity and kind, and the thing that it is about.
import type { Action } from "../../../db/schema.ts";
import type { Kind } from "../../notifications/kinds/kinds.ts";
import type { WaitingKind } from "../../workspaces/waiting/rules/waiting-texts.ts";
import { buttonTarget } from "./links.ts";

type Severity = Kind["severity"];

/** Shapes differ, so that colour is never the only sign. Paths of a 20 by 20 drawing, filled by the even-odd rule. */
const severityPaths = {
  critical: "M6.3 1h7.4L19 6.3v7.4L13.7 19H6.3L1 13.7V6.3zM9 5v6h2V5zm0 8v2h2v-2z",
  warning: "M10 1.5 19.5 18.5H.5zM9 7.5v5h2v-5zm0 6.5v2h2v-2z",
  success: "M10 1a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM8.8 14.4l6-6-1.4-1.4-4.6 4.6-2.2-2.2-1.4 1.4z",
};

/** What needs no attention is distinguished by what it is about. */
const kindPaths = {
  workspace: "M2 3h16v11h-6v2h3v2H5v-2h3v-2H2zm2 2v7h12V5z",
  template: "M10 2l9 4.5-9 4.5-9-4.5zM3.2 10 10 13.4l6.8-3.4L19 11.1l-9 4.5-9-4.5z",
  account: "M10 2a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM2 18c0-4 3.6-6.5 8-6.5s8 2.5 8 6.5z",
  bell: "M10 1.5a1.3 1.3 0 0 1 1.3 1.3v.6A5 5 0 0 1 15 8.2c0 3.5 1 5 2 6H3c1-1 2-2.5 2-6a5 5 0 0 1 3.700-4.800v-.6A1.3 1.3 0 0 1 10 1.5zM8 15.5h4a2 2 0 0 1-4 0z",
};

/** The paths of all icons, by name. */
export const iconPaths = { ...severityPaths, ...kindPaths };
export type Icon = keyof typeof iconPaths;

const isIn = <Name extends string>(paths: Record<Name, string>, name: string): name is Name =>
  Object.hasOwn(paths, name);

/** The icon of a kind; that of another release's kind is a bell. */
export function iconOf(kind: Pick<Kind, "severity" | "icon"> | undefined): Icon {
  if (kind === undefined) return "bell";
  if (isIn(severityPaths, kind.severity)) return kind.severity;
  return isIn(kindPaths, kind.icon) ? kind.icon : "bell";
}

const speechPath = "M3 3h14v10h-7l-4 4v-4H3zm3 3v1.500h8V6zm0 3v1.500h5V9z";

/** The icon of what waits for the reader. */
export const waitingIcon = (kind: WaitingKind): string =>
  kind === "build" || kind === "preset"
    ? severityPaths[kind === "build" ? "warning" : "critical"]
    : speechPath;

/** What a screen reader says before the title. */
export const severityPrefix = (severity: Severity): string =>
  severity === "critical" ? "Critical: " : severity === "warning" ? "Warning: " : "";

const subjectPaths = [/^\/(?:@|tasks\/)([^/]+)\/([^/?]+)/, /^\/templates\/[^/]+\/([^/?]+)/];

/** The workspace or template of the first button that leads to one; undefined if the title (Markdown) has its name. */
export function subjectOf(actions: readonly Action[], title: string, accessUrl: string): string | undefined {
  const plainTitle = title.replaceAll("\\", "");
  for (const { url } of actions) {
    const target = buttonTarget(url, accessUrl) ?? "";
    for (const pattern of subjectPaths) {
      const found = pattern.exec(target);
      if (found === null) continue;
      const parts = found.slice(1).map(decodePart);
      return plainTitle.includes(parts.at(-1)!) ? undefined : parts.join("/");
    }
  }
  return undefined;
}

/** A name as it is where it isn't percent-encoded correctly. */
function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
