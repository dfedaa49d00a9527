// The live inbox: inserts new notifications, marks them in place, updates times, and listens to keys. The server renders the
// HTML; without this script the page works with plain forms.
import { hasStream, hint, isSignedOut, live, showUnread } from "./live.js";
import { exactTime, relativeTime } from "./relative-time.js";

const section = () => document.querySelector("#inbox");
const list = () => document.querySelector("#items");
const announcer = document.querySelector("#announcer");

/** How far the server's clock is ahead of ours, in milliseconds. */
const ahead = Number(section().dataset.now) - Date.now();
const isFirstPage = "firstPage" in section().dataset;
const isUnreadOnly = new URLSearchParams(location.search).get("show") === "unread";

/** One change after the other, so that order holds. */
let work = Promise.resolve();
const inTurn = (task) => (work = work.then(task).catch(reportFailure));

const hintMs = 10_000;
function reportFailure() {
  announce("Request failed. Try again.");
  hint("Request failed. Try again.");
  setTimeout(() => hint(""), hintMs);
}

function announce(message) {
  announcer.textContent = message;
}

/** The sequence number up to which notifications were announced, by this tab or another one. */
let announcedUpTo = Number.parseInt(section().dataset.position, 10);
const gatherMs = 3_000;
/** What arrives within that time after an announcement; undefined once the time is over. */
let gathered;

/** Each once, in the tab that is used, and many at once together. A reader's own act is read already. */
function announceNew(arrived) {
  const isNew = ({ dataset }) => Number(dataset.seq) > announcedUpTo;
  const titles = arrived.filter((row) => isNew(row) && row.matches(".unread")).map(titleOf);
  announcedUpTo = Math.max(announcedUpTo, ...arrived.map(({ dataset }) => Number(dataset.seq)));
  if (titles.length === 0 || !hasStream()) return;
  if (gathered !== undefined) return void gathered.push(...titles);
  announceTitles(titles);
  gathered = [];
  setTimeout(announceGathered, gatherMs);
}

function announceGathered() {
  const titles = gathered;
  gathered = undefined;
  if (titles.length === 0) return;
  announceTitles(titles);
  gathered = [];
  setTimeout(announceGathered, gatherMs);
}

const announceTitles = (titles) =>
  announce(
    titles.length === 1
      ? `New notification: ${titles[0]}`
      : `${titles.length} new notifications, the latest: ${titles.at(-1)}`,
  );

live.addEventListener("unread", ({ detail: { count, label } }) => {
  document.querySelector("#count").textContent = count > 0 ? `${label} unread` : "No unread notifications";
  const readAll = document.querySelector("#read-all");
  if (readAll !== null) readAll.hidden = count === 0;
});

function showTimes(part = section()) {
  for (const time of part.querySelectorAll("time")) {
    const at = Date.parse(time.dateTime);
    const label = time.matches(".exact") ? exactTime(at) : relativeTime(at, Date.now() + ahead);
    if (time.textContent !== label) time.textContent = label;
    time.title = exactTime(at);
  }
}

async function ask(path, options) {
  const answer = await fetch(path, { ...options, keepalive: true, headers: { "belfry-part": "1" } });
  if (isSignedOut(answer) || !answer.ok) throw new Error(`no answer from ${path}`);
  return answer;
}

async function fetchItem(path, options) {
  const answer = await ask(path, options);
  return { item: rowOf(await answer.text()), unread: Number(answer.headers.get("belfry-unread-count")) };
}

function rowOf(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const row = template.content.querySelector("li");
  showTimes(row);
  return row;
}

/** Makes `old` like `fresh`; the focus, what is selected, open or being typed stays. */
async function replace(old, fresh) {
  const { morph } = await import("./morph.js");
  morph(old, fresh);
}

/** Notifications that have changed here or elsewhere: those of this list are replaced, or leave it. */
async function showChanged({ items, isComplete }) {
  if (!isComplete) return reloadList();
  const shown = section().dataset.list;
  for (const { id, html, list } of items) {
    const old = document.getElementById(`n-${id}`);
    if (list !== shown) {
      if (old !== null) await removeRow(old);
    } else if (old === null) insertRow(rowOf(html));
    else await replace(old, rowOf(html));
  }
}

/** Where it belongs by its age, if that is on this page. */
function insertRow(row) {
  if (!isFirstPage || (isUnreadOnly && !row.matches(".unread"))) return;
  const older = rows().find(({ dataset }) => Number(dataset.seq) < Number(row.dataset.seq));
  if (older === undefined && document.querySelector("#inbox [rel=next]") !== null) return;
  section().querySelector(".empty")?.remove();
  list().insertBefore(row, older ?? null);
  const doneAll = document.querySelector("#done-all");
  if (doneAll !== null) doneAll.hidden = false;
}

async function removeRow(old) {
  const next = old.contains(document.activeElement)
    ? (old.nextElementSibling ?? old.previousElementSibling)
    : null;
  old.remove();
  if (rows().length === 0) return reloadList();
  next?.querySelector("summary").focus();
}

/** The page that the answer has becomes the one that is shown. */
async function showList(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("#inbox");
  showTimes(fresh);
  const hadFocus = section().contains(document.activeElement);
  await replace(section(), fresh);
  if (hadFocus && document.activeElement === document.body) document.querySelector("#main").focus();
  return page;
}

async function reloadList() {
  await showList(await ask(location.pathname + location.search, {}));
  announceNew(rows().toReversed());
}

function showNew({ item: { seq, html } }) {
  const row = rowOf(html);
  for (const field of document.querySelectorAll(".all [name=position]"))
    field.value = String(Math.max(Number(field.value), seq));
  if (document.getElementById(row.id) === null) {
    row.classList.add("fresh");
    insertRow(row);
  }
  announceNew([row]);
}

/** Without what only a screen reader says before it. */
const titleOf = (item) =>
  [...item.querySelector("h2").childNodes]
    .filter((node) => node.className !== "spoken")
    .map((node) => node.textContent)
    .join("")
    .trim();

async function markOne(_, button) {
  const row = button.closest("li");
  const { item, unread } = await fetchItem(button.formAction, { method: "POST" });
  await replace(row, item);
  showUnread(unread);
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

/** What a form does is the last part of the path that it is sent to. */
const pathOf = (form, button) => button?.getAttribute("formaction") ?? form.getAttribute("action");
const actOf = (form, button) => pathOf(form, button).split("/").at(-1);

/** Moves notifications, or undoes it: the list comes anew, with the focus where it was. */
async function replaceList(form, button) {
  const row = button?.closest("#items > li") ?? document.getElementById(form.dataset.row);
  const at = rows().indexOf(row ?? document.querySelector("#items > li:has(.pick:checked)"));
  const answer = await ask(pathOf(form, button), { method: "POST", body: new FormData(form, button) });
  // What was done with the selection ends it.
  if (row === null) for (const box of document.querySelectorAll(".pick:checked")) box.checked = false;
  const page = await showList(answer);
  const [, unread = "0", more = ""] = /^\((\d+)(\+?)\)/.exec(page.title) ?? [];
  showUnread(Number(unread) + more.length);
  const next = at < 0 ? undefined : (rows()[at] ?? rows().at(-1));
  (next?.querySelector("summary") ?? document.querySelector("#main")).focus({ preventScroll: at < 0 });
  announce(messages[actOf(form, button)] ?? "Undone");
}

const rows = () => [...document.querySelectorAll("#items > li")];

/** How it is done in place; undefined for what leads to another page. */
function inPlace(form, button) {
  if (!form.matches("#item, .all, .undo, .selected, form.snooze")) return undefined;
  const act = actOf(form, button);
  if (act === "follow" || button?.name === "option") return undefined;
  return form.matches("#item") && (act === "read" || act === "unread") ? markOne : replaceList;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter ?? form.querySelector("button");
  const change = inPlace(form, button);
  if (change === undefined) return;
  event.preventDefault();
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

/** A button that does it. */
const to = (act) => `[formaction$="/${act}"]`;
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
  m: () => currentRow()?.querySelector(to("mute"))?.click(),
  e: () => (ofSelected(to("done")) ?? currentRow()?.querySelector(to("done")))?.click(),
  u: () => {
    const isAnyUnread = document.querySelector(".unread > .pick:checked") !== null;
    const marks = isAnyUnread ? ["read"] : ["unread", "read"];
    const button = marks.map((mark) => ofSelected(to(mark))).find((found) => found !== null);
    (button ?? currentRow()?.querySelector(`${to("read")}, ${to("unread")}`))?.click();
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

// Buttons mark as read by themselves; links, which open no page, do it here.
document.addEventListener("click", (event) => {
  const item = event.target.closest(".acts a:not([data-act])")?.closest(".item.unread");
  if (item) void inTurn(() => markOne(null, item.querySelector(to("read"))));
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

showTimes();
setInterval(showTimes, 30_000);

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
