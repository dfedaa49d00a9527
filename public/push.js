// Turns on push messages in this browser, on the settings page.
const section = document.querySelector("#push");
const button = document.querySelector("#push-on");
const isPossible = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

function report(problem) {
  const place = document.querySelector("#push-problem");
  place.textContent = problem;
  place.hidden = false;
}

const toBytes = (base64url) =>
  Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (letter) =>
    letter.charCodeAt(0),
  );
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

async function send(subscription) {
  const answer = await fetch("/settings/push", {
    method: "POST",
    body: new URLSearchParams({
      endpoint: subscription.endpoint,
      p256dh: toText(subscription.getKey("p256dh")),
      auth: toText(subscription.getKey("auth")),
      server_key: section.dataset.key,
    }),
  });
  if (!answer.ok) throw new Error(`no answer from /settings/push`);
  location.reload();
}

async function turnOn() {
  if ((await Notification.requestPermission()) !== "granted")
    return report("This browser blocks notifications of this site. Allow them in its settings for the site.");
  localStorage.setItem("belfry-notify", "on");
  const registration = await navigator.serviceWorker.register("/service-worker.js");
  await navigator.serviceWorker.ready;
  const earlier = await registration.pushManager.getSubscription();
  await earlier?.unsubscribe();
  try {
    await send(
      await registration.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: toBytes(section.dataset.key),
      }),
    );
  } catch {
    report(
      "This browser can't get notifications while Belfry is closed. It shows them while a page of Belfry is open, also in the background.",
    );
  }
}

/** Whether this browser is one of the list; with an earlier key of the server it has to subscribe again. */
async function isOn() {
  const registration = await navigator.serviceWorker.getRegistration("/");
  const subscription = await registration?.pushManager.getSubscription();
  if (!subscription) return false;
  const key = toText(subscription.options.applicationServerKey);
  const isListed = [...section.querySelectorAll("[data-endpoint]")].some(
    ({ dataset }) => dataset.endpoint === subscription.endpoint,
  );
  return isListed && key === section.dataset.key && Notification.permission === "granted";
}

if (section !== null) {
  if (!isPossible)
    report(
      isSecureContext
        ? "This browser doesn't support browser notifications. On an iPhone or iPad, add Belfry to the home screen first."
        : "Push messages need HTTPS.",
    );
  else if (!(await isOn())) {
    button.hidden = false;
    button.addEventListener("click", () => void turnOn().catch(() => report("Request failed. Try again.")));
  }
}
