// Shows push messages, and opens the notification when one is pressed. It changes no requests.
self.addEventListener("push", (event) => {
  const { title, body, url, tag } = event.data.json();
  event.waitUntil(
    self.registration.showNotification(title, {
      body,
      tag,
      renotify: true,
      icon: "/assets/icon.png",
      data: { url },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openPage(event.notification.data.url));
});

/** In a page that is open already, if there is one. */
async function openPage(url) {
  const pages = await self.clients.matchAll({ type: "window" });
  const page = pages.find((client) => "navigate" in client);
  if (page === undefined) return self.clients.openWindow(url);
  await page.focus();
  return page.navigate(url).catch(() => self.clients.openWindow(url));
}
