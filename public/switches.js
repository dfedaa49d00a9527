// Toggles of the notification settings save in place. The server renders the HTML; without this script each toggle
// reloads the page.
import { isSignedOut } from "./live.js";

const announcer = document.querySelector("#announcer");

function announce(message) {
  announcer.textContent = message;
}

/** The page as it is after the change; a session that has ended leads to the sign-in. */
async function send(form) {
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
  if (isSignedOut(answer) || !answer.ok) throw new Error(`no answer from ${form.action}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

async function press(form) {
  const button = form.querySelector("button");
  const hadFocus = form.contains(document.activeElement);
  const page = await send(form);
  document.querySelector("#kinds").replaceWith(page.querySelector("#kinds"));
  const now = document.getElementById(button.id);
  if (hadFocus) now?.focus();
  if (now?.getAttribute("role") !== "switch") announce("Saved");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("#kinds .switching")) return;
  event.preventDefault();
  const button = form.querySelector("button");
  if (button.hasAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  press(form).catch(() => {
    button.removeAttribute("aria-busy");
    announce("Request failed. Try again.");
  });
});
