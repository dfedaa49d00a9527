// Live updates of every page: the unread count in header, title and icon, and events for the inbox. The tabs of a browser
// share one stream: the tab that is visible holds it and passes events on to the others.

const hintDelayMs = 5_000;
const firstWait = 1_000;
const longestWait = 60_000;
/** A tab that loads its next page is back by then. */
const handoverMs = 700;

/** Gets `notification` and `change` events, with the server's data as `detail`. */
export const live = new EventTarget();

/** What the icon is without a badge. */
const icon = document.querySelector("link[rel=icon]");
const plainIcon = decodeURIComponent(icon.href.slice(icon.href.indexOf(",") + 1));

/** Longer than a navigation takes; some are none, as links to mail programs and downloads. */
const leavingMs = 10_000;
let isLeaving = false;
addEventListener("beforeunload", () => {
  isLeaving = true;
  setTimeout(() => (isLeaving = false), leavingMs);
});

/** Whether the answer leads to the sign-in: the session has ended. Then the page loads again, once, and says where to go. */
export function isSignedOut(answer) {
  if (!answer.redirected || new URL(answer.url).pathname !== "/login") return false;
  // A second navigation would abort the first one.
  if (!isLeaving) location.reload();
  isLeaving = true;
  return true;
}

export function showUnread(count) {
  const label = count > 999 ? "999+" : String(count);
  document.title = document.title.replace(/^(\(\d+\+?\) )?/, count > 0 ? `(${label}) ` : "");
  const badge = document.querySelector("#unread");
  badge.hidden = count === 0;
  badge.querySelector(".number").textContent = label;
  showInIcon(count);
  live.dispatchEvent(new CustomEvent("unread", { detail: { count, label } }));
}

function showInIcon(count) {
  const badge = `<circle cx="22" cy="10" r="10" fill="#b3261e"/><text x="22" y="15" font-family="sans-serif" font-size="14" font-weight="700" text-anchor="middle" fill="#fff">${count > 9 ? "9+" : count}</text></svg>`;
  const drawing = count > 0 ? plainIcon.replace("</svg>", badge) : plainIcon;
  icon.href = `data:image/svg+xml,${encodeURIComponent(drawing)}`;
}

/** A visible hint at the edge of the page, where it has a place for it. */
export function hint(message) {
  const place = document.querySelector("#live");
  if (place === null) return;
  place.textContent = message;
  place.hidden = message === "";
}

const name = `belfry of ${document.body.dataset.user}`;
const channel = new BroadcastChannel(name);
channel.addEventListener("message", ({ data: [type, detail, upTo] }) => {
  position = upTo;
  handle(type, detail);
});

/** Whether this tab has the stream; it was used last, and speaks for all of them. */
export const hasStream = () => source !== undefined;

function handle(type, detail) {
  showUnread(detail.unread);
  // As the first of a stream, which brings only the count.
  if (type === "change" && detail.isComplete && detail.items.length === 0) return;
  live.dispatchEvent(new CustomEvent(type, { detail }));
}

/** Where the stream continues: after what the page shows, then after its last event. */
let position = document.querySelector("[data-position]")?.dataset.position;
let source;
let reopening;
/** Runs while there is no connection. */
let silence;

function open(wait = firstWait) {
  close();
  const query = new URLSearchParams({ visible: document.visibilityState === "visible" ? "1" : "0" });
  if (position !== undefined) query.set("after", position);
  source = new EventSource(`/inbox/events?${query}`);
  for (const type of ["notification", "change"]) {
    source.addEventListener(type, (event) => {
      position = event.lastEventId || position;
      const detail = JSON.parse(event.data);
      handle(type, detail);
      channel.postMessage([type, detail, position]);
      if (detail.shown !== undefined) void showInBackground(detail);
    });
  }
  source.addEventListener("open", () => {
    clearTimeout(silence);
    silence = undefined;
    wait = firstWait;
    hint("");
  });
  // The browser reconnects automatically. Once it has given up, this does, with growing delays.
  source.addEventListener("error", () => {
    silence ??= setTimeout(() => hint("Connection lost. Reconnecting…"), hintDelayMs);
    if (source.readyState !== EventSource.CLOSED) return;
    reopening = setTimeout(() => {
      open(Math.min(longestWait, wait * 2));
      void leaveIfSignedOut();
    }, wait);
  });
}

const registration = () => navigator.serviceWorker?.getRegistration("/");

/** For browsers without push messages: notifications while the page is open, but not seen. */
async function showInBackground({ shown, item }) {
  if (document.visibilityState === "visible" || localStorage.getItem("belfry-notify") !== "on") return;
  if (Notification.permission !== "granted") return;
  const worker = await registration();
  if ((await worker?.pushManager.getSubscription()) != null) return;
  const notification = new Notification(shown, { tag: item.id });
  notification.addEventListener("click", () => {
    focus();
    location.assign(`/inbox?open=${item.id}#n-${item.id}`);
  });
}

// Who signs out gets no more push messages in this browser.
document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action") !== "/logout" || event.target.dataset.ready) return;
  event.preventDefault();
  const unsubscribed = registration()
    ?.then((worker) => worker?.pushManager.getSubscription())
    .then((subscription) => subscription?.unsubscribe());
  void Promise.resolve(unsubscribed)
    .catch(() => {})
    .finally(() => {
      event.target.dataset.ready = "yes";
      event.target.submit();
    });
});

function close() {
  clearTimeout(reopening);
  clearTimeout(silence);
  silence = undefined;
  source?.close();
  source = undefined;
}

async function leaveIfSignedOut() {
  const answer = await fetch("/inbox", { method: "HEAD" }).catch(() => undefined);
  if (answer !== undefined) isSignedOut(answer);
}

let leadership = 0;
let queued;

/** Takes the stream from another tab, or waits for it until no other has it. */
async function lead(isTaking) {
  const own = (leadership += 1);
  queued?.abort();
  queued = isTaking ? undefined : new AbortController();
  const options = isTaking ? { steal: true } : { signal: queued.signal };
  try {
    await navigator.locks.request(name, options, () => {
      if (isTaking) open();
      else reopening = setTimeout(() => open(), handoverMs);
      return new Promise(() => {});
    });
  } catch (error) {
    // Whoever waits here is another tab's follower; this one may have begun anew meanwhile.
    if (own !== leadership) return;
    if (error.name !== "AbortError") return open();
    close();
    void lead(false);
  }
}

/** Browsers have locks on secure pages only. Elsewhere each visible tab has a stream. */
function follow() {
  const isVisible = document.visibilityState === "visible";
  if (navigator.locks !== undefined) void lead(isVisible);
  else if (isVisible) open();
  else close();
}

// Modules have run by then, and listen.
document.addEventListener("DOMContentLoaded", () => {
  follow();
  document.addEventListener("visibilitychange", () => {
    const isVisible = document.visibilityState === "visible";
    if (navigator.locks === undefined || (isVisible && source === undefined)) follow();
    // The server learns whether push messages are wanted now.
    else if (source !== undefined) open();
  });
  // Of several windows that are visible, the one that is used.
  addEventListener("focus", () => {
    if (navigator.locks !== undefined && source === undefined) void lead(true);
  });
});

const shown = document.querySelector("#unread");
showInIcon(shown.hidden ? 0 : Number.parseInt(shown.querySelector(".number").textContent, 10));

/** A menu of the header closes with Escape, and when something else is pressed. */
function closeMenu(isKey) {
  const menu = document.querySelector(".menu[open]");
  if (menu === null) return;
  menu.open = false;
  if (isKey) menu.querySelector("summary").focus();
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeMenu(true);
});
document.addEventListener("pointerdown", (event) => {
  if (event.target.closest(".menu") === null) closeMenu(false);
});
