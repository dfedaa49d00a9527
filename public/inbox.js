// The live inbox: inserts new notifications, marks them in place, updates times, and listens to keys. The server renders the
// HTML; without this script the page works with plain forms.
import { live, showUnread } from "./live.js";
import { exactTime, relativeTime } from "./relative-time.js";

const section = () => document.querySelector("#inbox");
const list = () => document.querySelector("#items");
const announcer = document.querySelector("#announcer");

/** How far the server's clock is ahead of ours, in milliseconds. */
const ahead = Number(section().dataset.now) - Date.now();
const isFirstPage = "firstPage" in section().dataset;

/** Sequence numbers already announced: a tab that was in the background hears some events again. */
const announced = new Set();

/** One change after the other, so that order holds. */
let work = Promise.resolve();
const inTurn = (task) => (work = work.then(task).catch(() => announce("Request failed. Try again.")));

function announce(message) {
  announcer.textContent = message;
}

live.addEventListener("unread", ({ detail: { count, label } }) => {
  document.querySelector("#count").textContent = count > 0 ? `${label} unread` : "No unread notifications";
  const readAll = document.querySelector("#read-all");
  if (readAll !== null) readAll.hidden = count === 0;
});

function refreshTimes() {
  for (const time of document.querySelectorAll("#inbox time")) {
    const at = Date.parse(time.dateTime);
    const label = time.matches(".exact") ? exactTime(at) : relativeTime(at, Date.now() + ahead);
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

function rowOf(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const row = template.content.querySelector("li");
  // Its forms return to this list.
  const here = section().querySelector("[name=to]")?.value;
  if (here !== undefined) for (const field of row.querySelectorAll("[name=to]")) field.value = here;
  return row;
}

/** Notifications that have changed here or elsewhere: those of this list are replaced, or leave it. */
function showChanged({ items, isComplete }) {
  if (!isComplete) return reloadList();
  const shown = section().dataset.list;
  for (const { id, html, list } of items) {
    const old = document.getElementById(`n-${id}`);
    if (old === null) continue;
    if (list === shown) replaceRow(old, rowOf(html));
    else removeRow(old);
  }
  refreshTimes();
}

/** An open row stays open, and the focus where it is; nothing happens to one that is the same. */
function replaceRow(old, row) {
  row.querySelector("details").open = old.querySelector("details").open;
  row.querySelector(".pick").checked = old.querySelector(".pick").checked;
  row.querySelector("time").replaceWith(old.querySelector("time").cloneNode(true));
  old.classList.remove("fresh");
  if (old.isEqualNode(row)) return;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const form = focused?.closest("form")?.getAttribute("action");
  old.replaceWith(row);
  if (focused === null) return;
  (
    (focused.matches(".pick") && row.querySelector(".pick")) ||
    (form && row.querySelector(`form[action="${CSS.escape(form)}"] button`)) ||
    row.querySelector("summary")
  ).focus();
}

function removeRow(old) {
  const next = old.contains(document.activeElement)
    ? (old.nextElementSibling ?? old.previousElementSibling)
    : null;
  old.remove();
  if (rows().length === 0) return reloadList();
  next?.querySelector("summary").focus();
}

async function reloadList() {
  const answer = await ask(location.pathname + location.search, {});
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  section().replaceWith(page.querySelector("#inbox"));
  refreshTimes();
}

function showNew({ item: { seq, html } }) {
  const row = rowOf(html);
  for (const field of document.querySelectorAll(".all [name=position]"))
    field.value = String(Math.max(Number(field.value), seq));
  if (isFirstPage && document.getElementById(row.id) === null) {
    section().querySelector(".empty")?.remove();
    row.classList.add("fresh");
    list().prepend(row);
    const doneAll = document.querySelector("#done-all");
    if (doneAll !== null) doneAll.hidden = false;
    refreshTimes();
  }
  if (announced.has(seq)) return;
  announced.add(seq);
  // The reader's own act is read already.
  if (row.classList.contains("unread")) announce(`New notification: ${titleOf(row)}`);
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
  const hadOpen = old.querySelector("details").open;
  item.querySelector("details").open = hadOpen;
  old.replaceWith(item);
  showUnread(unread);
  refreshTimes();
  if (hadFocus) item.querySelector(hadOpen ? "[data-mark*=read] button" : "summary").focus();
  announce(item.classList.contains("unread") ? "Marked as unread" : "Marked as read");
}

const messages = {
  "read-all": "All marked as read",
  "done-all": "All done",
  done: "Done",
  inbox: "Moved to the inbox",
  snooze: "Snoozed",
  mute: "Muted",
  read: "Marked as read",
  unread: "Marked as unread",
};

/** Moves notifications, or undoes it: the list comes anew, with the focus where it was. */
async function replaceList(form, button) {
  const at = form.closest("#items > li") ?? document.getElementById(form.dataset.row);
  const row = rows().indexOf(at ?? document.querySelector("#items > li:has(.pick:checked)"));
  const answer = await ask(button?.getAttribute("formaction") ?? form.action, {
    method: "POST",
    body: new FormData(form, button),
  });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  section().replaceWith(page.querySelector("#inbox"));
  const [, unread = "0", more = ""] = /^\((\d+)(\+?)\)/.exec(page.title) ?? [];
  showUnread(Number(unread) + more.length);
  refreshTimes();
  const next = row < 0 ? undefined : (rows()[row] ?? rows().at(-1));
  (next?.querySelector("summary") ?? document.querySelector("#main")).focus({ preventScroll: row < 0 });
  announce(messages[button?.dataset.mark ?? form.dataset.mark ?? form.id] ?? "Undone");
}

const rows = () => [...document.querySelectorAll("#items > li")];

document.addEventListener("submit", (event) => {
  const form = event.target;
  const change = form.matches(
    ".all, .undo, .selected, [data-mark=done], [data-mark=inbox], [data-mark=snooze], [data-mark=mute]",
  )
    ? replaceList
    : form.matches(".mark")
      ? markOne
      : null;
  if (change === null) return;
  event.preventDefault();
  const button = event.submitter ?? form.querySelector("button");
  button.setAttribute("aria-busy", "true");
  void inTurn(() => change(form, button)).finally(() => button.removeAttribute("aria-busy"));
});

/** The row that has the focus, or the first one. */
const currentRow = () => document.activeElement.closest("#items > li") ?? rows()[0];
const submit = (form) => form?.requestSubmit();

function moveFocus(step) {
  const at = rows().indexOf(document.activeElement.closest("#items > li"));
  rows()[Math.max(0, at + step)]?.querySelector("summary").focus();
}

const places = {
  i: "/inbox",
  w: "/workspaces",
  t: "/templates",
  p: "/prebuilds",
  s: "/settings/notifications",
};
let isGoing = false;

/** A button of the bar, while something is selected. */
const ofSelected = (selector) =>
  document.querySelector(".pick:checked") && document.querySelector(`#selected ${selector}`);
const selection = () => import("./inbox-select.js");

const select = (row, isRange) => void selection().then(({ toggle }) => toggle(row, isRange));

const keys = {
  j: () => moveFocus(1),
  k: () => moveFocus(-1),
  o: () => currentRow()?.querySelector("summary").click(),
  x: () => select(currentRow(), false),
  X: () => select(currentRow(), true),
  s: () => (ofSelected("[data-act=snooze]") ?? currentRow()?.querySelector("[data-act=snooze]"))?.click(),
  m: () => currentRow()?.querySelector("[data-mark=mute] button")?.click(),
  e: () =>
    (ofSelected("[data-mark=done]") ?? currentRow()?.querySelector("[data-mark=done] button"))?.click(),
  u: () => {
    const isAnyUnread = document.querySelector(".unread > .pick:checked") !== null;
    const marks = isAnyUnread ? ["read"] : ["unread", "read"];
    const button = marks.map((mark) => ofSelected(`[data-mark=${mark}]`)).find((found) => found !== null);
    (button ?? currentRow()?.querySelector("[data-mark*=read] button"))?.click();
  },
  Escape: () => void selection().then(({ clear }) => clear()),
  z: () => submit(document.querySelector(".undo")),
  "/": () => document.querySelector("#inbox [type=search]").focus(),
  "?": () => document.querySelector("#keys").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    event.target.closest("input:not(.pick), textarea, select, dialog")
  )
    return;
  const run = isGoing && places[event.key] ? () => location.assign(places[event.key]) : keys[event.key];
  isGoing = event.key === "g";
  if (run === undefined) return;
  event.preventDefault();
  run();
});

// Dialogs and the selection are loaded when they are first used.
document.addEventListener("click", (event) => {
  const box = event.target.closest(".pick");
  if (box !== null) return void selection().then(({ picked }) => picked(box, event.shiftKey));
  const link = event.target.closest("#inbox [data-act]");
  if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  void selection().then(({ act }) => act(link));
});

/** A menu closes when something else is pressed, or Escape. */
for (const type of ["click", "keydown"])
  document.addEventListener(type, (event) => {
    const menu = document.querySelector(".pop[open]");
    if (menu === null || (type === "click" ? menu.contains(event.target) : event.key !== "Escape")) return;
    menu.open = false;
    if (type === "keydown") menu.querySelector("summary").focus();
  });

// Forms to pages of this site mark as read by themselves; links to others do it here.
document.addEventListener("click", (event) => {
  const item = event.target.closest(".acts a:not([data-act])")?.closest(".item.unread");
  if (item) void inTurn(() => markOne(item.querySelector("[data-mark=read]")));
});

/** A link to a notification opens it. */
function openLinked() {
  const item = location.hash.startsWith("#n-") ? document.getElementById(location.hash.slice(1)) : null;
  if (item !== null) item.querySelector("details").open = true;
}
addEventListener("hashchange", openLinked);
openLinked();

live.addEventListener("notification", ({ detail }) => void inTurn(() => showNew(detail)));
live.addEventListener("change", ({ detail }) => void inTurn(() => showChanged(detail)));

refreshTimes();
setInterval(refreshTimes, 30_000);

/** Where nothing waits for the reader, the script for that is loaded once something may. */
let isFollowingWaits = false;
async function followWaits() {
  if (isFollowingWaits) return;
  isFollowingWaits = true;
  await import("./needs-you.js").then(
    ({ later }) => later(),
    () => (isFollowingWaits = false),
  );
}

if (document.querySelector("#needs-you").dataset.count !== "0") void followWaits();
for (const type of ["notification", "change"]) live.addEventListener(type, () => void followWaits());
document.addEventListener("visibilitychange", () => void followWaits());
setInterval(() => void followWaits(), 60_000);
