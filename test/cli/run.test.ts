// `belfry run` around real programs, which must not notice it: as a process. The notification that it sends: in this process.
import { spawn } from "node:child_process";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runCommand } from "../support/command.ts";
import { cleanEnvironment, freePort, packedLauncher, temporaryFolder } from "../support/program.ts";
import { signInFirst, startTestServer } from "../support/server.ts";

const launcher = await packedLauncher();

interface Running {
  pid: number;
  kill: (signal: NodeJS.Signals) => void;
  /** Resolves once standard output has this in it. */
  saying: (text: string) => Promise<void>;
  ended: Promise<{ code: number | null; stdout: Buffer; stderr: string }>;
}

function start(words: string[], environment: Record<string, string>, input?: string | Buffer): Running {
  const child = spawn(process.execPath, [launcher, "run", ...words], { env: cleanEnvironment(environment) });
  onTestFinished(() => void child.kill("SIGKILL"));
  const chunks: Buffer[] = [];
  let stderr = "";
  const listeners = new Set<() => void>();
  child.stdout.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    for (const listener of listeners) listener();
  });
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  if (input !== undefined) child.stdin.end(input);
  const saying = (text: string) =>
    new Promise<void>((resolve) => {
      const listener = () => Buffer.concat(chunks).includes(text) && resolve();
      listeners.add(listener);
      listener();
    });
  return {
    pid: child.pid!,
    kill: (signal) => void child.kill(signal),
    saying,
    ended: new Promise((resolve) =>
      child.on("close", (code) => resolve({ code, stdout: Buffer.concat(chunks), stderr })),
    ),
  };
}

/** A server and a way to run something as its owner; `inbox` is their inbox, oldest first. */
async function startSignedIn() {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const environment = { BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token };
  return {
    server,
    token,
    run: (words: string[], input?: string | Buffer) => start(words, environment, input),
    /** The same without a process of its own; the program gets this process's standard input. */
    runHere: (words: string[]) => runCommand(["run", ...words], { environment }),
    inbox: async (): Promise<[title: string, content: string][]> => {
      const { json } = await server.call("GET", "/api/v2/notifications/inbox", { token });
      return json.notifications.map((item): [string, string] => [item.title, item.content]).toReversed();
    },
  };
}

/** A Belfry that answers what the test says, and keeps what it got. */
async function startStub(answer: (count: number, response: Parameters<RequestListener>[1]) => void) {
  const titles: string[] = [];
  const keys: unknown[] = [];
  const server = createServer((request, response) => {
    keys.push(request.headers["idempotency-key"]);
    void new Response(request as unknown as ReadableStream).text().then((body) => {
      titles.push((JSON.parse(body) as { content: { title: string } }).content.title);
      answer(titles.length, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    titles,
    keys,
    environment: { BELFRY_URL: url, BELFRY_SESSION_TOKEN: "aaaaaaaaaa-bbbbbbbbbbbbbbbbbbbbbb" },
  };
}

const shell = (script: string) => ["--", "sh", "-c", script];
const refuse = (response: Parameters<RequestListener>[1], status: number, message: string, code?: string) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ message, code }));

describe("The command that is run", () => {
  test("gets its input, and its output and exit code come out byte for byte", async () => {
    const { run, inbox } = await startSignedIn();
    const input = Buffer.from([0, 255, 254, 10, 195]);
    const script = `cat; printf '\\377\\n[%s]' "$FORCE_COLOR"; echo oops >&2; exit 3`;
    const { code, stdout, stderr } = await run(shell(script), input).ended;
    expect(code).toBe(3);
    expect(stdout).toEqual(Buffer.concat([input, Buffer.from([255]), Buffer.from("\n[]")]));
    expect(stderr).toBe("oops\n");
    expect(await inbox()).toEqual([
      [
        expect.stringMatching(/^sh -c "cat; .* failed after \d\.\d s$/),
        expect.stringMatching(/^Exit code 3\./),
      ],
    ]);
  });

  test("finds its outputs under their names, and runs where no pipes can be made", async () => {
    const { run, server, token } = await startSignedIn();
    const named = await run(shell("echo out > /dev/stdout; echo error > /dev/stderr; exit 3")).ended;
    expect(named).toMatchObject({ code: 3, stderr: "error\n" });
    expect(String(named.stdout)).toBe("out\n");
    const bare = { BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token, PATH: "/nowhere" };
    const plain = await start(["--", "/bin/sh", "-c", "echo out; echo error >&2; exit 3"], bare).ended;
    expect(plain).toMatchObject({ code: 3, stderr: "error\n" });
    expect(String(plain.stdout)).toBe("out\n");
  });

  test("can print more than any buffer holds", async () => {
    const { run, inbox } = await startSignedIn();
    const input = Buffer.from(
      Array.from({ length: 200_000 }, (_, index) => `line ${index} of many\n`).join(""),
    );
    const { code, stdout } = await run(["cat"], input).ended;
    expect([code, stdout.equals(input)]).toEqual([0, true]);
    const [[title, content]] = (await inbox()) as [[string, string]];
    expect(title).toMatch(/^cat succeeded after \d+(\.\d)? s$/);
    expect(content).toMatch(
      /^Exit code 0. Last lines:\n\n```\nline 199980 of many\n[^]*line 199999 of many\n```$/,
    );
  });

  test("gets the signals that are sent to belfry, and ends as it wants", async () => {
    const { run, inbox } = await startSignedIn();
    const stubborn = run(shell(`trap 'echo caught; exit 5' TERM; echo ready; while :; do sleep 0.02; done`));
    const killed = run(shell("echo ready; exec sleep 60"));
    const interrupted = run(shell("echo ready; exec sleep 60"));
    for (const [running, signal] of [
      [stubborn, "SIGTERM"],
      [killed, "SIGTERM"],
      [interrupted, "SIGINT"],
    ] as const) {
      await running.saying("ready");
      running.kill(signal);
    }
    const ends = await Promise.all([stubborn.ended, killed.ended, interrupted.ended]);
    expect(ends.map(({ code }) => code)).toEqual([5, 143, 130]);
    expect(String(ends[0].stdout)).toBe("ready\ncaught\n");
    const titles = (await inbox()).map(([title]) => title);
    expect(titles).toHaveLength(3);
    for (const expected of [
      /^sh -c "echo .* failed after .* s \(SIGINT\)$/,
      /^sh -c "echo .* failed after .* s \(SIGTERM\)$/,
      /^sh -c "trap .* failed after .* s$/,
    ]) {
      expect(titles).toContainEqual(expect.stringMatching(expected));
    }
  });

  test("may leave something running in the background, which is not waited for", async () => {
    const { run, inbox } = await startSignedIn();
    const { code, stdout } = await run(shell("sleep 60 & echo $!")).ended;
    process.kill(Number(stdout), "SIGKILL");
    expect(code).toBe(0);
    expect(await inbox()).toHaveLength(1);
  });

  test("learns that its reader has gone", async () => {
    const { token, server, inbox } = await startSignedIn();
    const environment = { BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token };
    const line = `"${process.execPath}" "${launcher}" run -- yes | head -n 1`;
    const child = spawn("sh", ["-c", line], { env: cleanEnvironment(environment) });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    await new Promise((resolve) => child.on("close", resolve));
    expect(output).toBe("y\n");
    const [[title]] = (await inbox()) as [[string, string]];
    expect(title).toMatch(/^yes failed after .* s( \(SIGPIPE\))?$/);
  });

  test("that can't be started ends as in a shell", async () => {
    const { runHere, inbox } = await startSignedIn();
    const file = join(await temporaryFolder(), "no-program");
    await writeFile(file, "text");
    await chmod(file, 0o644);
    const [missing, notExecutable] = await Promise.all([
      runHere(["--", "there-is-no-such-program"]),
      runHere(["--title", "Locked", "--", file]),
    ]);
    expect(missing).toMatchObject({
      code: 127,
      stderr: "belfry: there-is-no-such-program: command not found\n",
    });
    expect(notExecutable).toMatchObject({
      code: 126,
      stderr: expect.stringContaining("permission denied"),
    });
    expect((await inbox()).toSorted()).toEqual([
      [expect.stringMatching(/^Locked failed/), expect.stringContaining("permission denied")],
      [
        expect.stringMatching(/^there-is-no-such-program failed/),
        "there-is-no-such-program: command not found",
      ],
    ]);
  });
});

describe("The notification", () => {
  test("--title replaces the command and --only-failure keeps successes quiet", async () => {
    const { runHere, inbox } = await startSignedIn();
    const codes = await Promise.all(
      [
        runHere(["--only-failure", "--", "true", "--secret=hush"]),
        runHere(["--only-failure", "--title", "Nightly backup", "sh", "-c", "echo hush; exit 1"]),
        runHere(["--title", "Weekly backup", "--", "true"]),
      ].map(async (ended) => (await ended).code),
    );
    expect(codes).toEqual([0, 1, 0]);
    expect((await inbox()).toSorted()).toEqual([
      [expect.stringMatching(/^Nightly backup failed after/), "Exit code 1. Last lines:\n\n```\nhush\n```"],
      [expect.stringMatching(/^Weekly backup succeeded after/), "Exit code 0. No output."],
    ]);
  });

  test("Colours and fences in the output stay out of the message, its length keeps to the limit", async () => {
    const { runHere, inbox } = await startSignedIn();
    const script = `printf '\\033[31mred\\033[0m\\n\`\`\`\\n# not a heading\\n'; head -c 9000 /dev/zero | tr '\\0' x`;
    expect((await runHere(shell(script))).code).toBe(0);
    const [[title, content]] = (await inbox()) as [[string, string]];
    expect(Buffer.byteLength(title)).toBeLessThanOrEqual(120);
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(2_000);
    expect(content).toMatch(/\n```+\n…x+\n```+$/);
  });
});

describe("When the notification can't be sent", () => {
  test("the command runs anyway, its exit code stays, and the reason is printed", async () => {
    const { server, token } = await startSignedIn();
    const made = await server.call("POST", "/api/v2/users/me/keys/tokens", {
      token,
      json: { scope: "read" },
    });
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const environments: Record<string, string>[] = [
      { BELFRY_CONFIG_DIR: "/nowhere" },
      { BELFRY_URL: "ftp://nonsense", BELFRY_SESSION_TOKEN: token },
      { BELFRY_URL: nobody, BELFRY_SESSION_TOKEN: token },
      { BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: server.secret(made.json.key) },
      { BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: "aaaaaaaaaa-bbbbbbbbbbbbbbbbbbbbbb" },
    ];
    const ends = await Promise.all(
      environments.map((environment) => runCommand(["run", ...shell("echo out; exit 7")], { environment })),
    );
    for (const { code, stdout } of ends) expect([code, stdout]).toEqual([7, "out\n"]);
    expect(ends[0]!.stderr).toMatch(/^belfry: You won't be notified\. Not signed in/);
    expect(ends[1]!.stderr).toMatch(/^belfry: You won't be notified\. Invalid address/);
    for (const { stderr } of ends.slice(2)) expect(stderr).toMatch(/^belfry: Notification not sent\. /);
    expect(ends[2]!.stderr).toContain(`Can't reach Belfry at ${nobody}: connection refused`);
    expect(ends[3]!.stderr).toContain('scope is "read"');
  });

  test("a transient error is retried, a duplicate counts as sent, a refusal is not retried", async () => {
    const busy = await startStub((count, response) => {
      if (count === 1) refuse(response, 503, "The database is not available.");
      else if (count === 2) response.destroy();
      else response.writeHead(204).end();
    });
    const duplicate = await startStub((_, response) => refuse(response, 409, "Sent already.", "duplicate"));
    const off = await startStub((_, response) => refuse(response, 409, "Custom notifications are disabled."));
    const [again, same, refused] = await Promise.all(
      [busy, duplicate, off].map(({ environment }) =>
        runCommand(["run", ...shell("exit 4")], { environment }),
      ),
    );
    expect(again).toMatchObject({ code: 4, stderr: "" });
    expect(same).toMatchObject({ code: 4, stderr: "" });
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining("disabled") });
    expect([busy, duplicate, off].map(({ titles }) => titles.length)).toEqual([3, 1, 1]);
    // One notification: each try says so.
    expect(busy.keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(busy.keys).size).toBe(1);
  });

  test("a signal while the notification is sent ends the wait, with the command's exit code", async () => {
    const arrived = Promise.withResolvers<void>();
    const silent = await startStub(() => arrived.resolve());
    const running = start(shell("exit 6"), silent.environment);
    await arrived.promise;
    running.kill("SIGINT");
    expect(await running.ended).toMatchObject({ code: 6 });
  });
});
