// Live updates of a page: fetches it again and replaces the parts that changed. A log grows at its end and keeps the
// reader's scroll position, or stays at the end. Without this script the page reloads.
import { isSignedOut } from "./live.js";

const longestWait = 60_000;
const nearTheEnd = 80;

const log = document.querySelector("#log");
const announcer = document.querySelector("#announcer");
const live = document.querySelector("#live");

/** Milliseconds between two requests; undefined once nothing changes any more. */
const intervalOf = (page) => Number(page.body.dataset.refresh) * 1_000 || undefined;

const lastLine = () => log?.querySelector("li[id]:last-child");

/** Asks only for lines from the last one on, which shows where the new ones begin. */
function address() {
  const url = new URL(location.href);
  const last = lastLine();
  if (last) url.searchParams.set("from", last.id.slice("l-".length));
  url.hash = "";
  return url;
}

async function fetchPage() {
  const answer = await fetch(address());
  if (isSignedOut(answer) || !answer.ok) throw new Error(`no answer from ${location.pathname}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Where the focus is on a link or a button, it is on the same one afterwards. */
function put(old, fresh) {
  if (old.innerHTML === fresh.innerHTML) return;
  const focused = old.contains(document.activeElement) ? selectorOf(document.activeElement) : null;
  old.replaceChildren(...fresh.childNodes);
  if (focused !== null) old.querySelector(focused)?.focus({ preventScroll: true });
}

function selectorOf(element) {
  const href = element.getAttribute("href");
  if (href !== null) return `[href="${CSS.escape(href)}"]`;
  const action = element.closest("form")?.getAttribute("action");
  return action ? `form[action="${CSS.escape(action)}"] button` : null;
}

function addLines(fresh) {
  const { scrollHeight } = document.documentElement;
  const isAtEnd = scrollY > 0 && scrollY + innerHeight >= scrollHeight - nearTheEnd;
  const last = lastLine();
  const lines = [...fresh.children];
  const known = last ? lines.findIndex((line) => line.id === last.id) : -1;
  log.append(...lines.slice(known + 1));
  if (isAtEnd) scrollTo(0, document.documentElement.scrollHeight);
}

function say(fresh) {
  const message = fresh.querySelector("[data-announce]")?.dataset.announce;
  if (message === undefined || message === announcer.dataset.said) return;
  announcer.dataset.said = message;
  announcer.textContent = message;
}

async function look() {
  const fresh = await fetchPage();
  if (log) addLines(fresh.querySelector("#log"));
  say(fresh);
  for (const old of document.querySelectorAll("[data-part]"))
    put(old, fresh.querySelector(`[data-part="${old.dataset.part}"]`));
  return intervalOf(fresh);
}

const whenShown = () =>
  document.visibilityState === "visible"
    ? Promise.resolve()
    : new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function follow() {
  announcer.dataset.said = document.querySelector("[data-announce]")?.dataset.announce ?? "";
  let interval = intervalOf(document);
  for (let wait = interval; interval !== undefined;) {
    await pause(wait);
    await whenShown();
    try {
      interval = await look();
      wait = interval;
      live.hidden = true;
    } catch {
      wait = Math.min(longestWait, wait * 2);
      live.textContent = "Connection lost. Reconnecting…";
      live.hidden = false;
    }
  }
}

void follow();
