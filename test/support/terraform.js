// Acts as Terraform for tests of the provisioner: the same words, files and documents, no resources. A comment in main.tf
// tells it how to behave: `# apply: hang`, `# apply: stubborn`, `# apply: fail`, `# apply: lines N`, `# plan: replace`, `# plan: no JSON`, `# plan: refuse`.
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const [command, ...words] = process.argv.slice(2);
const template = existsSync("main.tf") ? readFileSync("main.tf", "utf8") : "";
const told = (name) => new RegExp(`# ${name}: (.*)`).exec(template)?.[1];
const variables = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name.startsWith("TF_VAR_")),
);
const stateFile = "terraform.tfstate";
const readState = () =>
  existsSync(stateFile) ? JSON.parse(readFileSync(stateFile, "utf8")) : { version: 4, serial: 0 };
const say = (line) => process.stdout.write(`${line}\n`);

function writeState(more) {
  const state = readState();
  writeFileSync(stateFile, JSON.stringify({ ...state, serial: state.serial + 1, ...more }));
}

function fail(problem) {
  process.stderr.write(`╷\n│ Error: ${problem}\n│ \n│   on main.tf line 1\n╵\n`);
  process.exitCode = 1;
}

function refuse() {
  process.stderr.write(`
Error: Invalid value for variable

  on main.tf line 2:
   2: variable "size" {
    ├────────────────
    │ var.size is 10

Too big for one
machine.

This was checked by the validation rule at main.tf:4,3-13.
`);
  process.exitCode = 1;
}

function apply() {
  const plan = JSON.parse(readFileSync(words.at(-1), "utf8"));
  const resources = plan.destroy ? [] : ["terraform_data.workspace"];
  const manner = told("apply") ?? "";
  const [, lines] = /lines (\d+)/.exec(manner) ?? [];
  for (let number = 0; number < Number(lines ?? 0); number += 1) say(`line ${number}`);
  if (manner === "fail") {
    writeState({ resources });
    fail("creating terraform_data: no room left");
  } else if (manner === "hang" || manner === "stubborn") {
    process.on("SIGINT", () => {
      say("Interrupt received.");
      if (manner === "stubborn") return;
      writeState({ resources, interrupted: true });
      clearInterval(alive);
      fail("execution halted");
    });
    writeState({ resources });
    say("terraform_data.workspace: Still creating... [10s elapsed]");
    // As with the real one, this is what ends it when nobody reads any more.
    const alive = setInterval(() => say("terraform_data.workspace: Still creating..."), 200);
  } else {
    writeState({ resources });
    say("Apply complete! Resources: 1 added, 0 changed, 0 destroyed.");
  }
}

function showPlan(file) {
  const { destroy } = JSON.parse(readFileSync(file, "utf8"));
  const replace = told("plan") === "replace" && !template.includes("ignore_changes");
  return {
    format_version: "1.2",
    variables: { belfry_agent_token: { value: variables["TF_VAR_belfry_agent_token"] } },
    resource_changes: [
      {
        address: "terraform_data.workspace",
        mode: "managed",
        type: "terraform_data",
        name: "workspace",
        change: {
          actions: destroy ? ["delete"] : replace ? ["delete", "create"] : ["create"],
          before: null,
          after: { input: "secret value" },
          ...(replace ? { replace_paths: [["triggers_replace"]] } : {}),
        },
      },
      { address: "terraform_data.same", type: "terraform_data", change: { actions: ["no-op"] } },
    ],
  };
}

const showState = () => ({
  format_version: "1.0",
  values: {
    outputs: {
      belfry: {
        sensitive: false,
        value: {
          agents: [
            {
              name: "main",
              apps: [{ slug: "editor", display_name: "Editor", url: "http://localhost:8080" }],
            },
          ],
        },
      },
    },
    root_module: {
      resources: [
        {
          address: "terraform_data.workspace",
          mode: "managed",
          type: "terraform_data",
          name: "workspace",
          values: {},
        },
      ],
    },
  },
});

if (command === "init") {
  if (existsSync("belfry_override.tf.json")) say("Terraform has been successfully initialized!");
  else fail("the backend is not local");
} else if (command === "plan" && told("plan") === "refuse") refuse();
else if (command === "plan") {
  const file = words.find((word) => word.startsWith("-out=")).slice("-out=".length);
  writeFileSync(file, JSON.stringify({ destroy: words.includes("-destroy") }));
  for (const [name, value] of Object.entries(variables)) say(`${name}=${value}`);
  say("Plan: 1 to add, 0 to change, 0 to destroy.");
} else if (command === "apply") apply();
else if (command === "show") {
  const file = words.find((word) => !word.startsWith("-"));
  if (file !== undefined && told("plan") === "no JSON") fail("the plan is of a newer version");
  else say(JSON.stringify(file === undefined ? showState() : showPlan(file)));
}
