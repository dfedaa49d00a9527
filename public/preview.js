// The preview follows the text as it is typed. The server renders it; without this script the Preview button does.
import { isSignedOut } from "./live.js";

const form = document.querySelector("#text");
const pause = 400;

let timer;
let request;

async function refresh() {
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  const body = new URLSearchParams(new FormData(form));
  body.set("act", "preview");
  const answer = await fetch(form.action, { method: "POST", body, signal });
  if (isSignedOut(answer)) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("#preview");
  if (fresh !== null) document.querySelector("#preview").replaceWith(fresh);
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => refresh().catch(() => {}), pause);
});
