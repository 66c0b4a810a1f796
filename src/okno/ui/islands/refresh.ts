// Keeps one ticket's page up to date.
//
//   <ok-refresh data-url="/tickets/10482/fresh/" data-number="10482" data-target="thread"></ok-refresh>
//
// On an event of that ticket (and after a lost connection) htmx gets data-url with ?after=<the newest [data-message] in the
// target>. The answer is 204, or elements with hx-swap-oob that go where they belong:
// <div hx-swap-oob="beforeend:#thread">…</div>. If the timeline stood at its end, it stays there.
import htmx from "htmx.org";

import { OkElement, debounce } from "./element";
import { hear } from "./events";
import { withQuery } from "./http";

export class OkRefresh extends OkElement {
  // Till the stream is open, what happens since the page was made would pass unheard; so the first opening asks too.
  #wasLost = true;

  protected start(): void {
    const soon = debounce(80, () => void this.#refresh());
    hear("okno:event", this.signal, (event) => {
      if (event.number === Number(this.dataset.number)) soon();
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
    const url = withQuery(this.dataset.url ?? "", { after: this.#newest() });
    await htmx.ajax("get", url, { source: this, target: this, swap: "none" });
  }

  #newest(): string {
    const ids = [...(this.#thread()?.querySelectorAll<HTMLElement>("[data-message]") ?? [])];
    return String(Math.max(0, ...ids.map((element) => Number(element.dataset.message))));
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
