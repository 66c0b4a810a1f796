// Keys: which one was meant, whether somebody is typing, and pressing what a key stands for.

/** Return the key as on a Latin keyboard, so that `c` is `c` when the layout is Russian. */
export function latinKey(event: KeyboardEvent): string {
  const { key, code } = event;
  if (key.length > 1 || key.charCodeAt(0) < 128) return key.length === 1 ? key.toLowerCase() : key;
  if (code.startsWith("Key")) return code.slice(3).toLowerCase();
  return { BracketLeft: "[", BracketRight: "]", Slash: "/", Period: "." }[code] ?? key;
}

/** Tell whether single keys belong to what has the focus. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("dialog[open]")) return true;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "submit"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** Press the visible element that the key stands for. Returns whether there was one. */
export function pressKey(key: string, within: ParentNode = document): boolean {
  const found = [...within.querySelectorAll<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)].find(isThere);
  if (!found) return false;
  const isField = found instanceof HTMLInputElement && !["checkbox", "radio"].includes(found.type);
  if (isField || found instanceof HTMLTextAreaElement) found.focus();
  else found.click();
  return true;
}

function isThere(element: HTMLElement): boolean {
  if (element instanceof HTMLInputElement && element.type === "radio") return element.closest("label") !== null;
  return element.checkVisibility();
}
