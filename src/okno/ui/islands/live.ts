// Live events: one connection per browser, whatever the number of tabs.
//
//   <ok-live data-url="/events/" data-person="7" data-after="CURSOR" data-notice="live-notice"></ok-live>
//
// data-url     the event stream (text/event-stream); each message: `id: cursor`, `data: {"id", "type", "ticket", "number"}`
// data-after   optional cursor of the moment the page was rendered; `?after=` resumes there
// data-person  keeps the streams of two people in one browser apart
// data-notice  id of the element that is shown after 10 s without a connection
//
// Sends on document: okno:event (detail: LiveEvent), okno:live ({isOpen}), and okno:refresh when more was missed than the
// server tells one by one (a message of type "reload").
import { OkElement } from "./element";
import { tell } from "./events";
import { LiveStream, type LiveMessage } from "./live-stream";

const PATIENCE = 10_000;

export class OkLive extends OkElement {
  #noticeTimer: ReturnType<typeof setTimeout> | undefined;

  protected start(): void {
    const hello = { url: new URL(this.dataset.url ?? "/events/", location.href).href, after: this.dataset.after ?? "" };
    const name = `okno-live-${this.dataset.person ?? ""}`;
    if ("SharedWorker" in window) this.#share(name, hello);
    else this.#lead(name, hello);
  }

  #share(name: string, hello: { url: string; after: string }): void {
    const worker = new SharedWorker(new URL("./live-worker.ts", import.meta.url), { type: "module", name });
    worker.port.onmessage = ({ data }: MessageEvent<LiveMessage>) => this.#hear(data);
    worker.port.postMessage(hello);
    this.listen(window, "pagehide", () => worker.port.postMessage("bye"));
    // A page that comes back from the browser's cache has missed what happened; it starts anew.
    this.listen<PageTransitionEvent>(window, "pageshow", (event) => {
      if (event.persisted) location.reload();
    });
  }

  // Whoever holds the lock has the stream and passes it on; when that tab closes, the next one gets the lock.
  #lead(name: string, hello: { url: string; after: string }): void {
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }: MessageEvent<LiveMessage>) => this.#hear(data);
    this.signal.addEventListener("abort", () => channel.close());
    void navigator.locks.request(name, { signal: this.signal }, () => {
      const stream = new LiveStream(hello.url, hello.after, (message) => {
        channel.postMessage(message);
        this.#hear(message);
      });
      return new Promise<void>((release) =>
        this.signal.addEventListener("abort", () => {
          stream.close();
          release();
        }),
      );
    });
  }

  #hear(message: LiveMessage): void {
    if (message.kind === "state") this.#show(message.isOpen);
    else if (message.event.type === "reload") tell("okno:refresh", undefined);
    else tell("okno:event", message.event);
  }

  #show(isOpen: boolean): void {
    const notice = document.getElementById(this.dataset.notice ?? "");
    clearTimeout(this.#noticeTimer);
    if (isOpen) {
      if (notice) notice.hidden = true;
    } else {
      this.#noticeTimer = setTimeout(() => {
        if (notice) notice.hidden = false;
      }, PATIENCE);
    }
    this.dataset.state = isOpen ? "open" : "lost";
    tell("okno:live", { isOpen });
  }
}
