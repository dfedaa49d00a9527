// What a session was created with, in two words, from the User-Agent header (RFC 9110, 10.1.5).

/** The first that matches counts: browsers name those that they descend from. */
const programs: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^belfry/i, "Belfry CLI"],
  [/^coder-cli/i, "Coder CLI"],
  [/^Go-http-client/, "Coder client"],
  [/^(node|undici)/i, "Node.js program"],
  [/\bEdg(A|iOS)?\//, "Edge"],
  [/\b(OPR|Opera)\//, "Opera"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|CriOS|HeadlessChrome)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];

const systems: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\b(iPhone|iPad)\b/, "iOS"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/i, "Windows"],
  [/\b(Macintosh|Mac OS X|darwin)\b/i, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/i, "Linux"],
];

/** `Firefox on Linux`; the first word of what is unknown. */
export function describeUserAgent(text: string): string {
  const find = (known: typeof programs) => known.find(([pattern]) => pattern.test(text))?.[1];
  const [word = ""] = text.trim().split(/[\s/]/, 1);
  const program = find(programs) ?? (word === "" ? "Unknown device" : word.slice(0, 40));
  const system = find(systems);
  return system === undefined ? program : `${program} on ${system}`;
}
