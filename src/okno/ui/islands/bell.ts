// The bell.
//
//   <ok-bell data-url="…list…" data-count-url="…"><button popovertarget="b"><span data-count>3</span></button>
//   <div popover id="b" data-list></div></ok-bell>   (ui/bell.html)
//
// The list is fetched by htmx whenever it is opened; after events the count is asked ({"count": 3}) by visible tabs only.
import htmx from "htmx.org";

import { OkElement, debounce } from "./element";
import { hear } from "./events";
import { ask } from "./http";

export class OkBell extends OkElement {
  protected start(): void {
    const list = this.need("[data-list]");
    this.listen<ToggleEvent>(list, "toggle", (event) => {
      if (event.newState === "open") void this.#load(list);
      this.need("[popovertarget]").setAttribute("aria-expanded", String(event.newState === "open"));
    });
    const soon = debounce(500, () => void this.#count());
    hear("okno:event", this.signal, soon);
    this.listen(document, "visibilitychange", soon);
  }

  async #load(list: HTMLElement): Promise<void> {
    await htmx.ajax("get", this.dataset.url ?? "", { source: this, target: list, swap: "innerHTML" });
    await this.#count();
  }

  async #count(): Promise<void> {
    const url = this.dataset.countUrl;
    if (!url || document.hidden) return;
    const response = await ask(url, { signal: this.signal });
    if (!response.ok) return;
    const { count } = (await response.json()) as { count: number };
    this.need("[data-count]").textContent = count > 99 ? "99+" : count > 0 ? String(count) : "";
  }
}
