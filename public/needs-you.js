// What waits for the reader, above the inbox: fetched again when the stream tells of something new, when the page is shown, and
// every minute while it is.
import { isSignedOut, live } from "./live.js";
import { exactTime, relativeTime } from "./relative-time.js";

const section = () => document.querySelector("#needs-you");
/** How far the server's clock is ahead of ours, in milliseconds. */
const ahead = Number(section().dataset.now) - Date.now();
const everyMs = 60_000;
/** Several notifications at once are one request. */
const settleMs = 300;

let timer;
export const later = () => {
  clearTimeout(timer);
  timer = setTimeout(() => void refresh().catch(() => {}), settleMs);
};

function showTimes() {
  for (const time of section().querySelectorAll("time")) {
    const at = Date.parse(time.dateTime);
    time.textContent = relativeTime(at, Date.now() + ahead);
    time.title = exactTime(at);
  }
}

/** What has the focus, so that it keeps it when the rows come anew. */
const markOf = (element) => element?.closest("[href], button")?.getAttribute("aria-describedby");

async function refresh() {
  const answer = await fetch("/inbox/needs-you", { headers: { "belfry-part": "1" } });
  if (isSignedOut(answer) || !answer.ok) return;
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  const next = template.content.querySelector("#needs-you");
  const old = section();
  if (next === null || next.dataset.state === old.dataset.state) return showTimes();
  const focused = old.contains(document.activeElement) ? (markOf(document.activeElement) ?? "") : null;
  const grown = Number(next.dataset.count) - Number(old.dataset.count);
  old.replaceWith(next);
  showTimes();
  if (focused !== null)
    (next.querySelector(`[aria-describedby="${focused}"]`) ?? document.querySelector("#main")).focus();
  if (grown > 0)
    document.querySelector("#needs-you-news").textContent =
      `Needs you: ${next.querySelector("h3")?.textContent ?? ""}${next.dataset.count > 1 ? `, ${next.dataset.count} in all` : ""}`;
}

for (const type of ["notification", "change"]) live.addEventListener(type, later);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && later());
setInterval(() => document.visibilityState === "visible" && later(), everyMs);
showTimes();
