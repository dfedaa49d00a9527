// The dialogs of the inbox. inbox.js loads it when it is first needed; without it links lead to pages that do the same.
const dialog = document.querySelector("#snooze");
const form = dialog.querySelector("form.snooze");

const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
form.querySelector("[name=zone]").value = timeZone;
form.querySelector(".zone").textContent = `Time zone: ${timeZone}.`;
form.addEventListener("submit", () => dialog.close());

/** What the links with `data-act` in a row do. */
const acts = { snooze: (row) => openSnooze([row.id.slice("n-".length)], row) };

export const act = (link) => acts[link.dataset.act](link.closest("#items > li"));

/** `ids`: of notifications. inbox.js sends the form; the focus goes to where `row` was. */
function openSnooze(ids, row) {
  for (const field of form.querySelectorAll("[name=id]")) field.remove();
  for (const id of ids) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "id", value: id });
    form.append(field);
  }
  form.querySelector("[name=to]").value = location.pathname + location.search;
  form.dataset.row = row.id;
  dialog.showModal();
}
