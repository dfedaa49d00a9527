// What one does on the pages, by keyboard alone: with scripts, and once more without. Each flow ends where it began.
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { browserTest, useBrowser } from "../support/browser.ts";
import { owner } from "../support/server.ts";
import { startWorld, type World } from "../support/world.ts";

const open = useBrowser();

type Role = Parameters<Page["getByRole"]>[0];
const maxTabs = 200;

/** One who has a keyboard and nothing else. */
function createTypist(page: Page) {
  const reach = async (control: Locator) => {
    await control.waitFor();
    const hasFocus = () => control.evaluate((element) => element === document.activeElement);
    for (let tabs = 0; tabs < maxTabs && !(await hasFocus()); tabs += 1) await page.keyboard.press("Tab");
    if (!(await hasFocus())) throw new Error(`No Tab leads to ${String(control)}`);
  };
  const reachAndPress = async (control: Locator, key = "Enter") => {
    await reach(control);
    await page.keyboard.press(key);
  };
  return {
    page,
    go: async (path: string) => void (await page.goto(path)),
    pressAt: reachAndPress,
    press: (role: Role, name: string | RegExp, key?: string) =>
      reachAndPress(page.getByRole(role, { name, exact: true }).first(), key),
    type: async (label: string, text: string) => {
      await reach(page.getByLabel(label, { exact: true }).first());
      await page.keyboard.press("ControlOrMeta+a");
      await page.keyboard.type(text);
    },
    /** To be waited for before one goes elsewhere. */
    sees: (text: string | RegExp) => page.getByText(text).filter({ visible: true }).first().waitFor(),
  };
}
type Typist = ReturnType<typeof createTypist>;

const deployment = "/deployment/notifications";

/** Each as an owner. */
const flows: Record<string, (person: Typist, world: World) => Promise<void>> = {
  "pools: dry run, last errors, resume, pause, reconcile": async ({ go, press, sees }) => {
    await go("/prebuilds");
    await press("link", "Dry run");
    await sees("The next run would change nothing.");
    await press("link", "Close");
    await press("link", "Last errors (3)");
    await sees(/quota of 64 CPUs/);
    await press("button", /^Resume prebuilds/);
    await sees("Prebuilds resumed.");
    await press("button", "Pause reconciliation");
    await press("button", "Resume reconciliation");
    await press("button", "Reconcile now");
    await sees("Started a reconciliation.");
  },
  "delivery: test, pause, withdraw what waits, resume": async ({ go, press, sees }, { server, tokens }) => {
    await go(deployment);
    await press("button", "Send test notification");
    await sees(/test notification/i);
    await press("button", "Pause delivery");
    await press("button", "Resume delivery");
    await press("button", "Pause delivery");
    await sees("Delivery is paused");
    const json = { content: { title: "Never mind", message: "Sent by mistake." } };
    await server.call("POST", "/api/v2/notifications/custom", { token: tokens.ada, json });
    await go(`${deployment}/messages?status=pending`);
    await press("link", /^Withdraw \d/);
    await press("button", /^Withdraw \d/);
    await sees("withdrawn.");
    await go(deployment);
    await press("button", "Resume delivery");
    await sees("Delivery is running.");
  },
  "a message: why somebody was not notified": async ({ go, press, type, sees }, { message }) => {
    await go(`${deployment}/messages/${message}`);
    await type("Username", "mia");
    await press("button", "Explain");
    await sees("This user ");
  },
  "a kind: disable, enable, edit, activate, roll back": async ({ go, press, type, sees }) => {
    const kind = `${deployment}/templates/d4a6271c-cced-4ed0-84ad-afd02a9c7799`;
    await go(kind);
    await press("link", "Disable for everybody");
    await press("button", "Disable");
    await press("button", "Enable for everybody again");
    await press("link", "Edit");
    await type("Title", "Waiting: {{ labels.task }}");
    await press("button", "Save draft version");
    await press("button", "Activate version 2");
    await sees(/version 2/i);
    await press("link", "Version 1");
    await press("button", "Roll back to version 1");
    await sees(/version 1/i);
  },
  "a task: stopping asks first": async ({ go, press, sees }) => {
    await go("/tasks");
    await press("link", "Stop: ada/fix-login");
    await sees(/^Stop .*\?/);
    await press("link", "Cancel");
    await sees("Prompt");
  },
  "users: create, roles, suspend, activate, delete": async (
    { go, press, type, pressAt, sees, page },
    world,
  ) => {
    await go("/deployment/users");
    await pressAt(page.locator("summary", { hasText: "Create a user" }));
    await type("Email address", "nia@example.com");
    await type("Username", "nia");
    await press("button", "Create with a generated password, shown once");
    world.server.secret(await page.getByRole("textbox", { name: "Password" }).inputValue());
    await go("/deployment/users/nia");
    await press("checkbox", "Auditor", "Space");
    await press("button", "Save roles");
    await sees("The roles were saved.");
    await press("link", "Suspend");
    await press("button", "Suspend user");
    await sees("The user was suspended.");
    await press("button", "Reactivate");
    await sees("The user was reactivated.");
    await press("link", "Delete");
    await press("button", "Delete user");
    await sees("7 users");
  },
  "provisioner keys: create, revoke": async ({ go, press, type, sees, page }, { server }) => {
    await go("/deployment/provisioner-keys");
    await type("Name", "rack-9");
    await press("button", "Create key");
    server.secret(await page.getByRole("textbox", { name: "Key" }).inputValue());
    await press("link", "Revoke rack-9");
    await press("button", "Revoke key");
    await sees("Revoked rack-9.");
  },
  "sources: create, disable, enable, delete": async ({ go, press, type, sees, page }, { server }) => {
    await go("/deployment/sources");
    await type("Name", "lab");
    await press("button", "Create source");
    const address = await page.getByRole("textbox", { name: "Address" }).inputValue();
    server.secret(address.split("/").at(-1)!);
    await press("link", "lab");
    await press("button", "Disable");
    await press("button", "Enable");
    await press("link", "Delete");
    await press("button", "Delete source");
    await sees("Deleted lab.");
  },
  "the inbox: open, mute, done, snooze, each with its undo": async ({ go, press, pressAt, sees, page }) => {
    const pressIn = async (title: string, name: RegExp) => {
      await go("/inbox");
      const row = page.locator("#items > li", { hasText: title });
      await pressAt(row.locator("summary"));
      await pressAt(row.getByRole("button", { name }));
    };
    const undo = async () => {
      await press("button", "Undo");
      await page.locator(".undo").waitFor({ state: "detached" });
      await page.locator("footer").waitFor();
    };
    const failed = "npm test failed in payments";
    await pressIn("Agent stale: Agent of notes-cli", /^Mute session/);
    await sees(/^Muted/);
    await undo();
    await pressIn(failed, /^Done$/);
    await sees("Marked as done.");
    await undo();
    await pressIn(failed, /^Snooze$/);
    await press("button", /^In an hour/);
    await sees(/^Snoozed until/);
    await undo();
    await page.locator("#items h2", { hasText: failed }).waitFor();
  },
  "documents: search": async ({ go, press, sees, page }) => {
    await go("/docs");
    await press("searchbox", "Search the documentation", "a");
    await page.keyboard.type("utostart schedule");
    await page.keyboard.press("Enter");
    await sees(/sections? for “autostart schedule”/);
  },
  "one's own password": async ({ go, press, type, sees }, { server }) => {
    const next = server.secret("seven-green-bottles-41");
    for (const [old, fresh] of [
      [owner.password, next],
      [next, owner.password],
    ] as const) {
      await go("/settings/account");
      await type("Current password", old);
      await type("New password", fresh);
      await press("button", "Change password");
      await sees(/password was changed/i);
    }
  },
};

for (const javaScriptEnabled of [true, false])
  browserTest(
    `${javaScriptEnabled ? "with" : "without"} scripts, what an owner does is done by keyboard alone`,
    async () => {
      const world = await startWorld();
      const page = await open(world.server, { token: world.tokens.ada, javaScriptEnabled });
      page.setDefaultTimeout(15_000);
      const failed: string[] = [];
      for (const [name, flow] of Object.entries(flows))
        await flow(createTypist(page), world).catch((error: Error) =>
          failed.push(`${name}: ${error.message} at ${page.url()}`),
        );
      expect(failed).toEqual([]);
    },
  );
