// `belfry provisioner start`: real programs, a strict stand-in for the server, and kills and lost responses at exact moments.
// It is a process of its own where a signal is the point.
import { spawnSync } from "node:child_process";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { agentToken, ended, provisionerKey, startJobServer, type StandInJob } from "../support/job-server.ts";
import { runCommand } from "../support/command.ts";
import { temporaryFolder } from "../support/program.ts";
import {
  real,
  realWords,
  script,
  standIn,
  startDaemon,
  startDaemonProcess,
  templates,
} from "../support/provisioner.ts";
import { makeTar } from "../support/tar.ts";

const outputs = (job: StandInJob, source = "provisioner") =>
  job.lines.filter((line) => line.source === source).map(({ output }) => output);

describe("A script that runs the job", () => {
  test("gets it as JSON; its lines are the log, its last line is the result, its state is uploaded", async () => {
    const server = await startJobServer();
    const file = await script(
      [
        `test -z "$BELFRY_PROVISIONER_KEY" || echo "has the key"`,
        `"${process.execPath}" -e 'const job = JSON.parse(require("fs").readFileSync(0)); console.log(job.transition, job.workspace.name)'`,
        `echo "before: $(cat "$BELFRY_STATE")"; echo after > "$BELFRY_STATE"`,
        `echo "token ${agentToken} pass-word ${provisionerKey}"; echo "{not the last}"; echo careful >&2; pwd`,
        `echo '{"resources":[{"type":"box","name":"dev","agents":[{"name":"main","apps":[{"slug":"ide"}]}]}],"plan":{"resource_changes":[]}}'`,
      ].join("\n"),
    );
    const job = server.queue(
      { parameters: [{ name: "secret", value: "pass-word", sensitive: true }] },
      "before",
    );
    const daemon = await startDaemon(server, ["--exec", file, "--name", "one"]);
    await server.until(() => ended(job));
    expect(job.error).toBeUndefined();
    const lines = outputs(job);
    expect(lines.filter((line) => !line.includes(daemon.workDir)).toSorted()).toEqual(
      [
        "start dev",
        "before: before",
        "token ******** ******** ********",
        "{not the last}",
        "careful",
      ].toSorted(),
    );
    expect(job.lines.find(({ output }) => output === "careful")).toMatchObject({
      level: "error",
      stage: "Starting workspace",
    });
    expect(job).toMatchObject({
      by: ["one"],
      completion: {
        resources: [{ type: "box", name: "dev", agents: [{ name: "main", apps: [{ slug: "ide" }] }] }],
      },
      plan: { resource_changes: [] },
      states: ["after\n"],
    });
    expect(job.writes.indexOf("state")).toBeLessThan(job.writes.indexOf("complete"));
    daemon.kill("SIGTERM");
    const { code, stderr } = await daemon.ended;
    expect(code).toBe(0);
    expect(stderr).not.toContain(provisionerKey);
    expect(await readdir(daemon.workDir)).toEqual([]);
  });

  test("that fails or reports an invalid result fails the job with the reason, after the state is uploaded", async () => {
    const server = await startJobServer();
    const file = await script(
      `case "$(cat)" in *broken*) echo '{"resources":[{"type":"box"}]}';; *refused*) echo '{"error":"too big","error_code":"INVALID_VALUE"}';; *) echo x > "$BELFRY_STATE"; echo "no room" >&2; exit 3;; esac`,
    );
    const how = (value: string) => server.queue({ parameters: [{ name: "how", value }] });
    const jobs = [server.queue(), how("broken"), how("refused")];
    await startDaemon(server, ["--exec", file]);
    await server.until(() => jobs.every(ended));
    expect(jobs.map(({ error }) => error)).toEqual([
      "The script failed: no room",
      "resources[0].name: must be a non-empty string",
      "too big",
    ]);
    expect(jobs.map(({ errorCode }) => errorCode)).toEqual([undefined, undefined, "INVALID_VALUE"]);
    expect(jobs[0]!.writes.filter((verb) => verb !== "logs")).toEqual(["state", "fail"]);
  });

  test("a job of a killed provisioner is completed by another one", async () => {
    const server = await startJobServer();
    const folder = await temporaryFolder();
    // The first one hangs, the second finds that somebody was there.
    const file = await script(
      `if mkdir "${folder}/was-here"; then echo $$ > "${folder}/pid"; echo hanging; exec sleep 60; fi\necho '{"resources":[]}'`,
    );
    const job = server.queue();
    const first = await startDaemonProcess(server, ["--exec", file, "--name", "first"]);
    await server.until(() => outputs(job).includes("hanging") && job.beats > 0);
    first.kill("SIGKILL");
    await first.ended;
    process.kill(Number(await readFile(join(folder, "pid"), "utf8")), "SIGKILL");
    expect(await readdir(first.workDir)).toHaveLength(1);
    server.expire(job);
    const second = await startDaemon(server, [
      "--exec",
      file,
      "--name",
      "second",
      "--work-dir",
      first.workDir,
    ]);
    await server.until(() => ended(job));
    expect(job).toMatchObject({ status: "succeeded", by: ["first", "second"] });
    second.kill("SIGTERM");
    await second.ended;
    // The folder that the first one has left is gone, too.
    expect(await readdir(first.workDir)).toEqual([]);
  });

  test("a canceled job, one that times out and one whose lease is lost stop their script", async () => {
    const server = await startJobServer();
    const file = await script(`echo running; sleep 60`);
    const [canceled, lost] = [server.queue(), server.queue()];
    const daemon = await startDaemon(server, ["--exec", file, "--concurrency", "2"]);
    await server.until(() => [canceled, lost].every((job) => outputs(job).includes("running")));
    const hasty = await startDaemon(server, ["--exec", file, "--job-timeout", "100ms"]);
    const slow = server.queue();
    await server.until(() => ended(slow));
    expect(slow.error).toBe("The build was stopped because it took longer than 0.1 s.");
    hasty.kill("SIGTERM");
    await hasty.ended;
    server.cancel(canceled);
    lost.plan = {};
    server.expire(lost);
    await server.until(() => ended(canceled));
    expect(canceled).toMatchObject({ status: "canceled", error: "canceled" });
    await daemon.saying(`job ${lost.id}: lost`);
    expect(lost.error).toBe("LEASE_LOST");
    daemon.kill("SIGTERM");
    expect((await daemon.ended).code).toBe(0);
    expect(await readdir(daemon.workDir)).toEqual([]);
  });
});

describe("A clean stop", () => {
  test("finishes running jobs; the second signal kills and fails them", async () => {
    const server = await startJobServer();
    const gate = join(await temporaryFolder(), "gate");
    const file = await script(
      `echo running\ncase "$(cat)" in *forever*) trap '' TERM; while :; do sleep 1; done;; esac\nwhile ! test -e "${gate}"; do sleep 0.05; done`,
    );
    const [finishes, isKilled] = [server.queue(), server.queue({ stage: "forever" })];
    const daemon = await startDaemonProcess(server, ["--exec", file, "--concurrency", "2"]);
    await server.until(() => [finishes, isKilled].every((job) => outputs(job).includes("running")));
    daemon.kill("SIGTERM");
    await daemon.saying("stopping");
    const late = server.queue();
    await writeFile(gate, "");
    await server.until(() => ended(finishes));
    daemon.kill("SIGTERM");
    expect((await daemon.ended).code).toBe(0);
    expect(finishes.status).toBe("succeeded");
    expect(isKilled.error).toBe("The provisioner was stopped before the build was complete.");
    expect(late.by).toEqual([]);
  });

  test("releases a job whose response is in flight, and one that has not started", async () => {
    const server = await startJobServer();
    const file = await script("echo running");
    // Its files never come while the server is away.
    const held = server.queue({ file_id: "missing" });
    server.refuse((_method, path) =>
      path.includes("/files/") ? { status: 503, message: "later" } : undefined,
    );
    const daemon = await startDaemon(server, ["--exec", file]);
    await server.until(() => held.by.length === 1 && held.beats > 0);
    daemon.kill("SIGTERM");
    await daemon.saying("stopping");
    server.refuse(() => undefined);
    server.addFile("missing", makeTar([{ path: "main.tf", content: "" }]));
    expect((await daemon.ended).code).toBe(0);
    expect(held).toMatchObject({ status: "pending", releases: 1, lines: [] });

    server.holdAcquisition();
    const second = await startDaemon(server, ["--exec", file]);
    await server.until(() => held.by.length === 2);
    second.kill("SIGTERM");
    expect((await second.ended).stderr).toContain(`job ${held.id}: returned to the queue`);
    expect(held).toMatchObject({ status: "pending", releases: 2, lines: [] });
  });
});

describe("An unreachable server", () => {
  test("Lost responses lose no job and duplicate no line; the job runs once", async () => {
    const server = await startJobServer();
    server.loseFirstAnswers();
    server.addFile("f1", makeTar([{ path: "./main.tf", content: "# apply: lines 250\n" }]));
    const job = server.queue({ file_id: "f1" }, '{"version":4,"serial":7}');
    const daemon = await startDaemon(server, ["--terraform", await standIn()]);
    await server.until(() => ended(job));
    const lines = outputs(job).filter((line) => line.startsWith("line "));
    expect(lines).toEqual(Array.from({ length: 250 }, (_, number) => `line ${number}`));
    expect(job).toMatchObject({ status: "succeeded", by: [expect.any(String)] });
    expect(JSON.parse(job.states.at(-1)!)).toMatchObject({ serial: 8 });
    const path = (verb: string) => `/api/v2/provisionerjobs/${job.id}/${verb}`;
    expect(server.lost).toEqual(
      expect.arrayContaining([
        "POST /api/v2/provisionerdaemons/jobs/acquire",
        "GET /api/v2/files/f1",
        `GET ${path("state")}`,
        `PUT ${path("state")}`,
        `POST ${path("plan")}`,
        `POST ${path("logs")}`,
        `POST ${path("complete")}`,
      ]),
    );
    await daemon.saying(`job ${job.id}: completed`);
  });

  test("What is done while it is unreachable is reported when it is back", async () => {
    const server = await startJobServer();
    const gate = join(await temporaryFolder(), "gate");
    const file = await script(`echo running; while ! test -e "${gate}"; do sleep 0.05; done; echo done`);
    const job = server.queue();
    const daemon = await startDaemon(server, ["--exec", file]);
    await server.until(() => outputs(job).includes("running"));
    server.away = true;
    await writeFile(gate, "");
    await daemon.saying("the lease could not be extended");
    server.away = false;
    await server.until(() => ended(job));
    expect(job.status).toBe("succeeded");
    expect(outputs(job)).toEqual(["running", "done"]);
  });

  test("An unknown key ends the daemon at once with a message", async () => {
    const server = await startJobServer();
    const file = await script("true");
    const daemon = await startDaemon(server, ["--exec", file, "--concurrency", "3"], {
      BELFRY_PROVISIONER_KEY: "wrong-key",
    });
    const { code, stderr } = await daemon.ended;
    const words = ["provisioner", "start", "--exec", file, "--url", server.url, "--key", "-"];
    const typed = await runCommand(words, {
      input: "wrong-too\n",
      environment: { BELFRY_PROVISIONER_KEY: server.key },
    });
    expect(typed).toMatchObject({ code: 3, stderr: expect.not.stringContaining("wrong-too") });
    expect(code).toBe(3);
    expect(stderr).toContain("rejected the provisioner key: This key is not known.");
    expect(stderr).not.toContain("wrong-key");
  });
});

describe("Terraform", () => {
  test("A workspace is started, stopped and deleted with its state; secrets stay out of the log and the plan", async () => {
    const server = await startJobServer();
    const folder = await templates('# plan: replace\nterraform {\n  backend "s3" {}\n}\n');
    const words = ["--terraform", await standIn(), "--templates", folder];
    const daemon = await startDaemon(server, words, {
      TF_WORKSPACE: "other",
      TF_VAR_belfry_agent_token: "x",
    });
    const made = server.queue({ stage: "claim" });
    await server.until(() => ended(made));
    expect(made.error).toBeUndefined();
    expect(made.plan).toEqual({
      resource_changes: [
        {
          address: "terraform_data.workspace",
          type: "terraform_data",
          change: { actions: ["delete", "create"], replace_paths: [["triggers_replace"]] },
        },
      ],
    });
    expect(outputs(made)).toEqual(
      expect.arrayContaining([
        "TF_VAR_belfry_agent_token=********",
        "TF_VAR_belfry_transition=start",
        "TF_VAR_belfry_workspace_name=dev",
        "TF_VAR_belfry_workspace_owner=ada",
        "TF_VAR_region=eu",
        "Apply complete! Resources: 1 added, 0 changed, 0 destroyed.",
      ]),
    );
    expect(JSON.stringify(made.lines)).not.toContain(agentToken);
    expect(made.completion?.resources).toEqual([
      {
        type: "terraform_data",
        name: "workspace",
        agents: [
          { name: "main", apps: [{ slug: "editor", display_name: "Editor", url: "http://localhost:8080" }] },
        ],
      },
    ]);
    const stopped = server.queue({ transition: "stop" }, made.states.at(-1));
    await server.until(() => ended(stopped));
    expect(outputs(stopped)).toContain("TF_VAR_belfry_transition=stop");
    const deleted = server.queue({ transition: "delete" }, stopped.states.at(-1));
    const neverMade = server.queue({ transition: "delete" });
    await server.until(() => ended(deleted) && ended(neverMade));
    expect(JSON.parse(deleted.states.at(-1)!)).toEqual({ version: 4, serial: 3, resources: [] });
    expect(deleted.plan).toMatchObject({ resource_changes: [{ change: { actions: ["delete"] } }] });
    expect([deleted, neverMade].map(({ completion }) => completion)).toEqual([
      { resources: [] },
      { resources: [] },
    ]);
    daemon.kill("SIGTERM");
    await daemon.ended;
  });

  test("A plan that can't be read or that the server refuses is logged, and the job continues", async () => {
    const server = await startJobServer();
    server.addFile("unread", makeTar([{ path: "main.tf", content: "# plan: no JSON\n" }]));
    server.addFile("refused", makeTar([{ path: "main.tf", content: "# plan: replace\n" }]));
    const [unread, refused] = ["unread", "refused"].map((id) => server.queue({ file_id: id }));
    const tried: string[] = [];
    server.refuse((_method, path) => {
      if (path !== `/api/v2/provisionerjobs/${refused!.id}/plan` || tried.push(path) > 1) return undefined;
      return { status: 413, message: "It is too large." };
    });
    await startDaemon(server, ["--terraform", await standIn()]);
    await server.until(() => ended(unread!) && ended(refused!));
    for (const [job, why] of [
      [unread!, "the plan is of a newer version"],
      [refused!, "It is too large."],
    ] as const) {
      expect(job).toMatchObject({ status: "succeeded", plan: { resource_changes: [] } });
      expect(job.lines.filter(({ source }) => source === "provisioner_daemon")).toMatchObject([
        { level: "warn", stage: "Planning infrastructure", output: expect.stringContaining(why) },
      ]);
    }
  });

  test("An unexpected error fails the job, and the daemon logs it", async () => {
    const server = await startJobServer();
    const folder = await templates("");
    // A named pipe can't be copied into the job's folder.
    spawnSync("mkfifo", [join(folder, "web", "v1", "pipe")]);
    const job = server.queue();
    const daemon = await startDaemon(server, ["--terraform", await standIn(), "--templates", folder]);
    await server.until(() => ended(job));
    expect(job.error).toContain("The provisioner failed: ");
    await daemon.saying(`job ${job.id}: unexpected error: `);
  });

  const refusing = `# plan: refuse
variable "size" {
  type = number
  validation {
    condition     = var.size < 9
    error_message = "Too big for one machine."
  }
}
variable "region" {
  type = string
}
`;
  test.each(real === undefined ? ["the stand-in"] : ["the stand-in", realWords])(
    "A plan that fails because of the template's variables has an error code: %s",
    async (which) => {
      const server = await startJobServer();
      server.addFile("refusing", makeTar([{ path: "main.tf", content: refusing }]));
      const parameters = [
        { name: "region", value: "eu" },
        { name: "size", value: "10" },
      ];
      const job = server.queue({ file_id: "refusing", parameters });
      await startDaemon(server, ["--terraform", which === "the stand-in" ? await standIn() : real!]);
      await server.until(() => ended(job));
      expect(job).toMatchObject({
        status: "failed",
        plan: undefined,
        error: 'terraform plan failed: Invalid value for variable "size": Too big for one machine.',
        errorCode: "INVALID_VALUE",
      });
      if (which === "the stand-in") return;
      const lacking = server.queue({ file_id: "refusing", parameters: [] });
      await server.until(() => ended(lacking));
      expect(lacking).toMatchObject({
        error: 'terraform plan failed: No value for required variable: "size", "region"',
        errorCode: "REQUIRED_TEMPLATE_VARIABLES",
      });
    },
  );

  test("A failed apply and an interrupted one upload the state while the job runs and before it ends", async () => {
    const server = await startJobServer();
    const program = await standIn();
    server.addFile("fails", makeTar([{ path: "main.tf", content: "# apply: fail\n" }]));
    server.addFile("hangs", makeTar([{ path: "main.tf", content: "# apply: hang\n" }]));
    server.addFile("stubborn", makeTar([{ path: "main.tf", content: "# apply: stubborn\n" }]));
    const [fails, hangs, stubborn] = ["fails", "hangs", "stubborn"].map((id) =>
      server.queue({ file_id: id }),
    );
    await startDaemon(server, ["--terraform", program, "--concurrency", "3"]);
    await server.until(() => hangs!.states.length > 0 && stubborn!.states.length > 0);
    server.cancel(hangs!);
    server.cancel(stubborn!);
    await server.until(() => [fails, hangs, stubborn].every((job) => ended(job!)));
    expect(fails).toMatchObject({
      errorCode: undefined,
      error: "terraform apply failed: creating terraform_data: no room left",
      states: [expect.stringContaining("terraform_data.workspace")],
    });
    expect(hangs!.status).toBe("canceled");
    expect(JSON.parse(hangs!.states.at(-1)!)).toMatchObject({ serial: 2, interrupted: true });
    expect(hangs!.writes.lastIndexOf("state")).toBeLessThan(hangs!.writes.indexOf("fail"));
    expect(stubborn).toMatchObject({ status: "canceled", states: [expect.stringContaining('"serial":1')] });
  });

  test("A changed state is uploaded soon, long before the next heartbeat", async () => {
    const server = await startJobServer();
    server.addFile("hangs", makeTar([{ path: "main.tf", content: "# apply: hang\n" }]));
    const job = server.queue({ file_id: "hangs" });
    const daemon = await startDaemon(server, ["--terraform", await standIn(), "--heartbeat", "20s"]);
    await server.until(() => job.states.length > 0);
    expect([job.beats, JSON.parse(job.states[0]!)]).toMatchObject([0, { serial: 1 }]);
    // Twice: what runs is killed, and fails with what it has left.
    daemon.kill("SIGTERM");
    await daemon.saying("stopping");
    daemon.kill("SIGTERM");
    await server.until(() => ended(job));
    expect([job.status, job.states.length]).toEqual(["failed", 1]);
  });
});

test("Invalid options are refused before anything is requested", async () => {
  const file = await script("true");
  const key = { BELFRY_PROVISIONER_KEY: provisionerKey };
  const cases: [string[], Record<string, string>, string][] = [
    [["--exec", file], {}, "Provisioner key missing"],
    [["--exec", "/nowhere/build.sh"], key, "/nowhere/build.sh does not exist"],
    [[], { ...key, PATH: "/nowhere" }, "Neither tofu nor terraform"],
  ];
  const ends = await Promise.all(
    cases.map(([words, environment]) => runCommand(["provisioner", "start", ...words], { environment })),
  );
  for (const [at, { code, stderr }] of ends.entries()) {
    expect(code).toBe(2);
    expect(stderr).toContain(cases[at]![2]);
  }
});
