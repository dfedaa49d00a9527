// The selection and the dialogs of the inbox. inbox.js loads it when it is first needed; without it forms and links do the same.
const dialog = document.querySelector("#snooze");
const form = dialog.querySelector("form.snooze");

const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
form.querySelector("[name=zone]").value = timeZone;
form.querySelector(".zone").textContent = `Time zone: ${timeZone}.`;
form.addEventListener("submit", () => dialog.close());

const boxes = () => [...document.querySelectorAll("#items .pick")];
const chosen = () => boxes().filter((box) => box.checked);

/** The notification that was selected last, where a range begins. */
let last;

/** A box was pressed; with Shift, those from the last one to it become the same. */
export function picked(box, isRange) {
  const all = boxes();
  const [from, to] = [all.findIndex(({ value }) => value === last), all.indexOf(box)];
  if (isRange && from >= 0)
    for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1)) one.checked = box.checked;
  last = box.value;
  announce();
}

export function toggle(row, isRange) {
  const box = row?.querySelector(".pick");
  if (!box) return;
  box.checked = isRange || !box.checked;
  picked(box, isRange);
}

export function clear() {
  if (location.hash === "#selected") location.hash = "";
  if (chosen().length === 0) return;
  for (const box of chosen()) box.checked = false;
  announce();
}

function announce() {
  const count = chosen().length;
  const words = count === 0 ? "Nothing selected" : `${count} selected`;
  document.querySelector("#selected-count").textContent = words;
  document.querySelector("#announcer").textContent = words;
}

/** What elements with `data-act` do: of a row, or of the selection. */
const acts = {
  snooze: (row) =>
    openSnooze(row === null ? chosen().map(({ value }) => value) : [row.id.slice("n-".length)], row),
  clear,
  filters: (_, link) => void openFilters(link),
};

export const act = (element) => acts[element.dataset.act](element.closest("#items > li"), element);

/** The menu is part of the page that the link leads to. */
async function openFilters(link) {
  const answer = await fetch(link.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const menu = page.querySelector("details#filters");
  if (menu === null) return location.assign(link.href);
  link.replaceWith(menu);
  menu.querySelector("summary").focus();
}

/** `ids`: of notifications. inbox.js sends the form; the focus goes to where the first of them was. */
function openSnooze(ids, row) {
  if (ids.length === 0) return;
  for (const field of form.querySelectorAll("[name=id]")) field.remove();
  for (const id of ids) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "id", value: id });
    form.append(field);
  }
  form.querySelector("[name=to]").value = location.pathname + location.search;
  form.dataset.row = row?.id ?? "";
  dialog.showModal();
}
