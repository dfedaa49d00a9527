// The live inbox: inserts new notifications, marks as read in place, and updates times. The server renders the HTML;
// without this script the page works with plain forms.
import { exactTime, relativeTime } from "./relative-time.js";

const section = () => document.querySelector("#inbox");
const list = () => document.querySelector("#items");
const announcer = document.querySelector("#announcer");
const live = document.querySelector("#live");

/** How far the server's clock is ahead of ours, in milliseconds. */
const ahead = Number(section().dataset.now) - Date.now();
const isFirstPage = "firstPage" in section().dataset;
const firstWait = 1_000;
const longestWait = 60_000;
const hintDelayMs = 5_000;

/** Ids already announced: after a reconnect the server may repeat events. */
const announced = new Set();

/** One change after the other, so that order holds. */
let work = Promise.resolve();
const inTurn = (task) => (work = work.then(task).catch(() => announce("Request failed. Try again.")));

function announce(message) {
  announcer.textContent = message;
}

/** A visible hint at the edge of the page. */
function hint(message) {
  live.textContent = message;
  live.hidden = false;
}

function showUnread(count) {
  document.title = document.title.replace(/^(\(\d+\) )?/, count > 0 ? `(${count}) ` : "");
  document.querySelector("#count").textContent = count > 0 ? `${count} unread` : "No unread notifications";
  document.querySelector("#read-all").hidden = count === 0;
}

function refreshTimes() {
  for (const time of document.querySelectorAll("#inbox time")) {
    const at = Date.parse(time.dateTime);
    const label = relativeTime(at, Date.now() + ahead);
    if (time.textContent !== label) time.textContent = label;
    time.title = exactTime(at);
  }
}

/** Signed out elsewhere, or the session has ended: the page itself says where to go. */
async function ask(path, options) {
  const answer = await fetch(path, { ...options, keepalive: true, headers: { "belfry-part": "1" } });
  const isSignedOut = answer.redirected && new URL(answer.url).pathname === "/login";
  if (isSignedOut) location.reload();
  if (isSignedOut || !answer.ok) throw new Error(`no answer from ${path}`);
  return answer;
}

async function fetchItem(path, options) {
  const answer = await ask(path, options);
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  return {
    item: template.content.querySelector("li"),
    unread: Number(answer.headers.get("belfry-unread-count")),
  };
}

async function showNew(id) {
  if (announced.has(id)) return;
  const { item, unread } = await fetchItem(`/inbox/items/${id}`);
  announced.add(id);
  showUnread(unread);
  const readAll = document.querySelector("#read-all [name=position]");
  readAll.value = String(Math.max(Number(readAll.value), Number(item.dataset.seq)));
  if (isFirstPage && document.getElementById(item.id) === null) {
    section().querySelector(".empty")?.remove();
    item.classList.add("fresh");
    list().prepend(item);
    refreshTimes();
  }
  announce(`New notification: ${titleOf(item)}`);
}

/** Without what only a screen reader says before it. */
const titleOf = (item) =>
  [...item.querySelector("h2").childNodes]
    .filter((node) => node.className !== "spoken")
    .map((node) => node.textContent)
    .join("")
    .trim();

async function markOne(form) {
  const old = form.closest("li");
  const { item, unread } = await fetchItem(form.action, { method: "POST", body: new FormData(form) });
  const hadFocus = old.contains(document.activeElement);
  item.querySelector("details").open = old.querySelector("details").open;
  old.replaceWith(item);
  showUnread(unread);
  refreshTimes();
  if (hadFocus) item.querySelector(".mark button").focus();
  announce(item.classList.contains("unread") ? "Marked as unread" : "Marked as read");
}

/** Marks all as read, or undoes it: the list comes anew. */
async function markAll(form) {
  const answer = await ask(form.action, { method: "POST", body: new FormData(form) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  section().replaceWith(page.querySelector("#inbox"));
  showUnread(Number(/^\((\d+)\) /.exec(page.title)?.[1] ?? 0));
  refreshTimes();
  document.querySelector("#main").focus({ preventScroll: true });
  announce(form.id === "read-all" ? "All marked as read" : "Marked as unread again");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const mark = form.matches("#read-all, .undo") ? markAll : form.matches(".mark") ? markOne : null;
  if (mark === null) return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.setAttribute("aria-busy", "true");
  void inTurn(() => mark(form)).finally(() => button.removeAttribute("aria-busy"));
});

// Forms to pages of this site mark as read by themselves; links to others do it here.
document.addEventListener("click", (event) => {
  const item = event.target.closest(".acts a")?.closest(".item.unread");
  if (item) void inTurn(() => markOne(item.querySelector(".mark")));
});

/** A link to a notification opens it. */
function openLinked() {
  const item = location.hash.startsWith("#n-") ? document.getElementById(location.hash.slice(1)) : null;
  if (item !== null) item.querySelector("details").open = true;
}
addEventListener("hashchange", openLinked);
openLinked();

/** Runs while there is no connection. */
let silence;

/** The browser reconnects automatically. Once it has given up, this does, with growing delays. */
function listen(position, firstTry = firstWait) {
  const source = new EventSource(`/api/v2/notifications/inbox/events?after=${position}`);
  let last = position;
  let wait = firstTry;
  source.addEventListener("open", () => {
    clearTimeout(silence);
    silence = undefined;
    wait = firstWait;
    live.hidden = true;
  });
  source.addEventListener("notification", (event) => {
    last = event.lastEventId || last;
    const { notification } = JSON.parse(event.data);
    void inTurn(() =>
      showNew(notification.id).catch(() => hint("New notifications. Reload the page to see them.")),
    );
  });
  source.addEventListener("error", () => {
    silence ??= setTimeout(() => hint("Connection lost. Reconnecting…"), hintDelayMs);
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => {
      listen(last, Math.min(longestWait, wait * 2));
      ask("/inbox", { method: "HEAD" }).catch(() => {});
    }, wait);
  });
}

refreshTimes();
setInterval(refreshTimes, 30_000);
listen(section().dataset.position);
