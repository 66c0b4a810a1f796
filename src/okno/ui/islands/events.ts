// The events that islands and the server's HX-Trigger speak in; all are sent on document.

/** Something happened that this person may see. */
export interface LiveEvent {
  id: string;
  type: string;
  ticket: number | null;
  number: number | null;
}

export interface ToastAction {
  label?: string;
  url: string;
  method?: "get" | "post";
}

export interface Toast {
  text: string;
  tone?: "plain" | "danger";
  seconds?: number;
  action?: ToastAction;
}

interface OknoEvents {
  "okno:event": LiveEvent;
  "okno:toast": Toast;
  "okno:live": { isOpen: boolean };
  "okno:refresh": unknown;
  "okno:composer": ComposerChange;
}

export interface ComposerChange {
  key?: string;
  after?: number;
  /** The newest message on the page; counts as read only by somebody who has not begun to write. */
  newest?: number;
  files?: { id: string; name: string; size: number; url: string }[];
  kind?: "reply" | "note";
  text?: string;
  html?: string;
}

/** Send one of Okno's events. */
export function tell<K extends keyof OknoEvents>(type: K, detail: OknoEvents[K]): void {
  document.dispatchEvent(new CustomEvent(type, { detail }));
}

/** Hear one of Okno's events, from whatever element htmx sent it. */
export function hear<K extends keyof OknoEvents>(
  type: K,
  signal: AbortSignal,
  act: (detail: OknoEvents[K]) => void,
): void {
  document.addEventListener(type, (event) => act((event as CustomEvent<OknoEvents[K]>).detail), { signal });
}
