// One connection to the server's events, kept up and resumed from the last cursor. Used by the shared worker and, where
// there is none, by the tab that leads.
import type { LiveEvent } from "./events";

export type LiveMessage = { kind: "event"; event: LiveEvent } | { kind: "state"; isOpen: boolean };

const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 15_000;

export class LiveStream {
  #url: string;
  #after: string;
  #say: (message: LiveMessage) => void;
  #source: EventSource | undefined;
  #wait = FIRST_WAIT;

  constructor(url: string, after: string, say: (message: LiveMessage) => void) {
    this.#url = url;
    this.#after = after;
    this.#say = say;
    this.#open();
  }

  close(): void {
    this.#source?.close();
  }

  #open(): void {
    const url = new URL(this.#url);
    if (this.#after) url.searchParams.set("after", this.#after);
    const source = new EventSource(url);
    this.#source = source;
    source.onopen = () => {
      this.#wait = FIRST_WAIT;
      this.#say({ kind: "state", isOpen: true });
    };
    source.onmessage = (message: MessageEvent<string>) => this.#hear(message);
    source.onerror = () => this.#again(source);
  }

  #hear(message: MessageEvent<string>): void {
    if (message.lastEventId) this.#after = message.lastEventId;
    if (!message.data) return;
    const told = JSON.parse(message.data) as LiveEvent | LiveEvent[];
    for (const event of Array.isArray(told) ? told : [told]) this.#say({ kind: "event", event });
  }

  // The browser's own reconnecting gives up on some answers and knows nothing of ?after=, so we do it.
  #again(source: EventSource): void {
    source.close();
    if (source !== this.#source) return;
    this.#say({ kind: "state", isOpen: false });
    setTimeout(() => this.#open(), this.#wait * (0.75 + Math.random() / 2));
    this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2);
  }
}
