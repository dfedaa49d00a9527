// Chats of people's own, as part of the notification settings: add, confirm, delete.
import { Hono } from "hono";
import { readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { ApiError } from "../kernel/errors.ts";
import {
  addOwnReceiver,
  confirmOwnReceiver,
  removeOwnReceiver,
  resendCode,
  type Owner,
} from "../notifications/receivers/own.ts";
import { formats } from "../notifications/receivers/rules/formats/formats.ts";
import { maxOwn, ownFormats } from "../notifications/receivers/rules/own.ts";
import type { TestAnswer } from "../notifications/receivers/send.ts";
import type { OwnReceiverRow } from "../notifications/receivers/store/own.ts";
import { readForm } from "./form.ts";
import { html } from "./html.ts";
import { attributes, type Html } from "./layout.ts";
import { question } from "./question.ts";
import { notificationSettingsPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";

const path = "/settings/chats";

/** The settings, with what went wrong above the chats. */
type Show = (c: Ctx, problem: string) => Response | Promise<Response>;

export const chatPages = (show: Show) =>
  new Hono<Env>()
    .post(path, signedIn, async (c) => {
      const { name, format, address, secret } = await readForm(c, ["name", "format", "address", "secret"]);
      return attempt(c, show, async (owner) => {
        const known = ownFormats.find((one) => one === format) ?? ownFormats[0];
        const token = secret.trim() === "" ? undefined : secret.trim();
        const given = { name: name.trim(), format: known, address: address.trim(), secret: token };
        return problemOf(await addOwnReceiver(c.get("deps"), owner, given));
      });
    })
    .post(`${path}/:chat/code`, signedIn, (c) =>
      attempt(c, show, async (owner) =>
        problemOf(await resendCode(c.get("deps"), owner, c.req.param("chat"))),
      ),
    )
    .post(`${path}/:chat/confirm`, signedIn, async (c) => {
      const { code } = await readForm(c, ["code"]);
      return attempt(c, show, async (owner) => {
        await confirmOwnReceiver(c.get("deps"), owner, c.req.param("chat"), code);
      });
    })
    .post(`${path}/:chat/delete`, signedIn, (c) =>
      attempt(c, show, (owner) => removeOwnReceiver(c.get("deps"), owner, c.req.param("chat"))),
    );

const problemOf = ({ isAccepted, answer }: TestAnswer): string | undefined =>
  isAccepted ? undefined : `The chat did not accept the code: ${answer}`;

async function attempt(c: Ctx, show: Show, act: (owner: Owner) => Promise<string | void>) {
  const { actor } = await readAsUser(c, {});
  const problem = await act({ userId: actor.userId, username: actor.username }).catch((error: unknown) => {
    if (error instanceof ApiError && [400, 409].includes(error.status)) return describe(error);
    throw error;
  });
  return problem === undefined ? c.redirect(`${notificationSettingsPath}#chats`, 303) : show(c, problem);
}

const describe = ({ message, validations = [] }: ApiError): string =>
  validations.length === 0
    ? message
    : validations.map(({ field, detail }) => `${labels[field] ?? field} ${detail}.`).join(" ");

const labels: Record<string, string> = {
  name: "Name",
  address: "Address",
  secret: "Token",
  code: "The code",
};

/** Asks before it deletes. */
const deleteQuestion = ({ id, name }: OwnReceiverRow): Html =>
  question({
    title: `Delete the chat “${name}”?`,
    text: "Notifications that wait for it are not sent. To have it again, you need its address and another code.",
    action: `${path}/${id}/delete`,
    label: "Delete",
    back: `${notificationSettingsPath}#chats`,
    isFinal: true,
  });

/** `problem`: what went wrong with the last press; `asked`: the id of one to delete. */
export function chatsSection(
  chats: readonly OwnReceiverRow[],
  { problem, asked }: { problem: string | undefined; asked: string | undefined },
): Html {
  const leaving = chats.find(({ id }) => id === asked);
  return html`<section class="group" aria-labelledby="chats">
    <div class="bar"><h2 id="chats">Your chats</h2></div>
    <p class="lead">
      Get notifications in a Slack, Discord, Microsoft Teams or ntfy channel of your own. Once it is
      confirmed, each kind above has a switch for it.
    </p>
    ${problem === undefined ? "" : html`<p class="wrong" role="alert">${problem}</p>`}
    ${leaving === undefined ? "" : deleteQuestion(leaving)}
    ${
      chats.length === 0
        ? ""
        : html`<ul class="kinds" role="list">
            ${chats.map(chatItem)}
          </ul>`
    }
    ${chats.length < maxOwn ? addForm : ""}
  </section>`;
}

function chatItem({
  id,
  name,
  format,
  host,
  isEnabled,
  disabledBecause,
  failures,
  answer,
}: OwnReceiverRow): Html {
  const state = isEnabled
    ? failures > 0
      ? `Last attempt failed: ${answer ?? ""}`
      : "Confirmed"
    : disabledBecause === null
      ? "Enter the code that was sent there."
      : `Disabled: ${disabledBecause}`;
  return html`<li class="kind">
    <div class="description">
      <h3 id="chat-${id}">${name}</h3>
      <p>${formats[format].label}, ${host}. ${state}</p>
    </div>
    <div class="chat-acts">
      ${
        isEnabled
          ? ""
          : html`<form class="search" method="post" action="${path}/${id}/confirm">
                <input
                  name="code"
                  inputmode="numeric"
                  autocomplete="one-time-code"
                  maxlength="6"
                  aria-label="Code"
                  aria-describedby="chat-${id}"
                  ${attributes({ placeholder: "Code" })}
                />
                <button class="button" type="submit">Confirm</button>
              </form>
              <form method="post" action="${path}/${id}/code">
                <button class="quiet" type="submit" aria-describedby="chat-${id}">Send another code</button>
              </form>`
      }
      <a
        class="button"
        href="${notificationSettingsPath}?delete-chat=${id}#chats"
        aria-describedby="chat-${id}"
        >Delete</a
      >
    </div>
  </li>`;
}

const addForm: Html = html`<form class="chat-add" method="post" action="${path}">
  <label>Name <input name="name" placeholder="my-slack" autocapitalize="none" required /></label>
  <label
    >Format
    <select name="format">
      ${ownFormats.map((format) => html`<option value="${format}">${formats[format].label}</option>`)}
    </select></label
  >
  <label class="wide">Address <input name="address" type="url" placeholder="https://" required /></label>
  <label>Token (ntfy only) <input name="secret" autocomplete="off" /></label>
  <button class="button" type="submit">Add</button>
</form>`;
