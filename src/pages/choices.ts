// The notification settings page: each user enables and disables kinds of notification. Unsubscribe links without a token
// lead here and ask for confirmation.
import { Hono } from "hono";
import { html } from "hono/html";
import {
  readAsUser,
  currentUserIdSql,
  authorizedUserIdSql,
  writeAsUser,
  type Ctx,
  type Env,
} from "../http/endpoint.ts";
import { ApiError, notFound } from "../kernel/errors.ts";
import { isAlwaysOn } from "../notifications/kinds/kinds.ts";
import { listChoices, setChoices } from "../notifications/preferences/store/choices.ts";
import { choicesPath, confirmation, kinds, type ChoicesFacts } from "./choices-view.ts";
import { readFields } from "./form.ts";
import { respondWithPage } from "./layout.ts";
import { ownPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";

const uuidShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const choicePages = new Hono<Env>()
  .get(choicesPath, signedIn, (c) => showChoices(c))
  .post(choicesPath, signedIn, async (c) => {
    const { to, disabled } = await readChoices(c);
    const { choices } = await writeAsUser(
      c,
      [setChoices(authorizedUserIdSql(c), disabled, c.get("deps").now())],
      {
        choices: listChoices(currentUserIdSql(c)),
      },
    );
    const known = new Set(choices.map(({ id }) => id));
    if (Object.keys(disabled).some((id) => !known.has(id))) throw notFound("Kind of notification");
    return c.redirect(to, 303);
  });

/** A field for each kind that is to change, `on` or `off` by its id; the others stay. */
async function readChoices(c: Ctx): Promise<{ to: string; disabled: Record<string, boolean> }> {
  const { to, ...switches } = await readFields(c);
  const disabled: Record<string, boolean> = {};
  for (const [id, value] of Object.entries(switches)) {
    if (!uuidShape.test(id) || (value !== "on" && value !== "off"))
      throw new ApiError(400, "Unknown form field. Reload the page and try again.");
    if (value === "off" && isAlwaysOn(id))
      throw new ApiError(400, "This kind of notification can't be disabled.");
    disabled[id] = value === "off";
  }
  return { to: ownPath(typeof to === "string" ? to : undefined) ?? choicesPath, disabled };
}

async function showChoices(c: Ctx) {
  const { notifications } = c.get("deps").config;
  const { actor, choices } = await readAsUser(c, { choices: listChoices(currentUserIdSql(c)) });
  const facts: ChoicesFacts = { choices, notifications, email: actor.email };
  const main = html`<section>
    <div class="head"><h1>Notification settings</h1></div>
    <p class="lead">Choose which notifications you get. Changes are saved immediately.</p>
    ${confirmation(facts, c.req.query("disabled"), c.req.query("saved"))} ${kinds(facts)}
    <p class="spoken" id="announcer" role="status"></p>
  </section>`;
  return respondWithPage(c, { title: "Notification settings", actor, scripts: ["switches.js"], main });
}
