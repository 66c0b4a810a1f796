// Keeps one ticket's page up to date.
//
//   <ok-refresh data-url="/tickets/10482/fresh/" data-number="10482" data-target="thread" data-cursor="thread-cursor"></ok-refresh>
//   <span id="thread-cursor" data-after="17" data-event="204" hidden></span>
//
// On an event of that ticket (and after a lost connection) htmx gets data-url with ?after=…&event=… of the cursor. The answer
// is 204, or elements with hx-swap-oob that go where they belong: <div hx-swap-oob="beforeend:#thread">…</div> and the cursor
// with its new place. One question at a time, so nothing comes twice. If the timeline stood at its end, it stays there.
import htmx from "htmx.org";

import { OkElement, debounce } from "./element";
import { hear } from "./events";
import { withQuery } from "./http";

export class OkRefresh extends OkElement {
  // Till the stream is open, what happens since the page was made would pass unheard; so the first opening asks too.
  #wasLost = true;
  #isAsking = false;
  #isWanted = false;

  protected start(): void {
    const soon = debounce(80, () => void this.#refresh());
    hear("okno:event", this.signal, (event) => {
      if (event.number === Number(this.dataset.number) || event.type === "reload") soon();
    });
    hear("okno:refresh", this.signal, soon);
    hear("okno:live", this.signal, ({ isOpen }) => {
      if (isOpen && this.#wasLost) soon();
      this.#wasLost = !isOpen;
    });
    this.listen(document, "htmx:afterSettle", () => this.#stick());
    this.#scroll();
  }

  async #refresh(): Promise<void> {
    if (this.#isAsking) {
      this.#isWanted = true;
      return;
    }
    this.#isAsking = true;
    try {
      const { after = "0", event = "0" } = document.getElementById(this.dataset.cursor ?? "")?.dataset ?? {};
      const url = withQuery(this.dataset.url ?? "", { after, event });
      await htmx.ajax("get", url, { source: this, target: this, swap: "none" });
    } finally {
      this.#isAsking = false;
    }
    if (this.#isWanted) {
      this.#isWanted = false;
      await this.#refresh();
    }
  }

  #thread(): HTMLElement | null {
    return document.getElementById(this.dataset.target ?? "thread");
  }

  // Newest in view when the page opens, and still there when something comes; never pulled away from reading above.
  #stick(): void {
    const scroller = this.#thread()?.closest<HTMLElement>("[data-timeline]");
    if (scroller && scroller.dataset.atEnd !== "no") this.#scroll();
  }

  #scroll(): void {
    const scroller = this.#thread()?.closest<HTMLElement>("[data-timeline]");
    if (!scroller) return;
    scroller.scrollTop = scroller.scrollHeight;
    scroller.onscroll = () => {
      const left = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
      scroller.dataset.atEnd = left < 64 ? "yes" : "no";
    };
  }
}
