// Makes a part of the page like a newer rendering of it. What is the same stays: the focus, text that is selected or being
// typed, and what the reader has opened or checked.

/** `fresh` is used up. */
export function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  copyAttributes(old, fresh);
  if (hasText(old) || hasText(fresh)) old.replaceChildren(...fresh.childNodes);
  else morphChildren(old, fresh);
}

const hasText = ({ childNodes }) =>
  [...childNodes].some(({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim() !== "");

/** Whether it is open is the reader's. */
function copyAttributes(old, fresh) {
  for (const { name } of [...old.attributes])
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  for (const { name, value } of fresh.attributes)
    if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
}

/** What has no id is the same as the one of its kind, in order. */
function keyed(children) {
  const all = new Map();
  for (const child of children) {
    const name = child.id || `${child.localName}.${child.classList[0]}`;
    let key = name;
    for (let count = 1; all.has(key); count += 1) key = `${name} ${count}`;
    all.set(key, child);
  }
  return all;
}

function morphChildren(old, fresh) {
  const gone = keyed(old.children);
  const wanted = [...keyed(fresh.children)].map(([key, child]) => {
    const kept = gone.get(key);
    // A menu that was opened stands where a link to it was.
    if (kept === undefined || (kept.localName !== child.localName && kept.localName !== "details"))
      return child;
    gone.delete(key);
    if (kept.localName === child.localName) morph(kept, child);
    return kept;
  });
  for (const child of gone.values()) child.remove();
  wanted.forEach((child, at) => {
    if (old.children[at] !== child) old.insertBefore(child, old.children[at] ?? null);
  });
}
