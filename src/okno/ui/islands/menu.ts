// A menu: a popover opened by a button. Works without this; the island adds keys, filtering and the immediate change.
//
//   <ok-menu data-url="…optional…">
//     <button popovertarget="m" data-key="s"><span data-value>Open</span></button>
//     <div popover id="m" class="menu"><div class="menu-filter"><input data-filter></div>
//       <div data-items><button data-item name="status" value="4">…<span data-label>…</span></button>…</div>
//       <p data-none hidden>Nothing fits</p></div>
//   </ok-menu>
//
// data-url fills [data-items] by htmx when first opened. Arrows and typing choose, Enter presses, Esc goes back to the
// button. What is chosen stands in [data-value] at once; a refusal puts the old words back.
import htmx from "htmx.org";

import { OkElement } from "./element";

interface HtmxAfter extends Event {
  detail: { failed?: boolean; successful?: boolean };
}

export class OkMenu extends OkElement {
  #before: Node[] | undefined;

  protected start(): void {
    const popover = this.need("[popover]");
    this.listen<ToggleEvent>(popover, "toggle", (event) => this.#toggled(event.newState === "open"));
    this.listen<KeyboardEvent>(popover, "keydown", (event) => this.#key(event));
    this.listen<MouseEvent>(popover, "click", (event) => this.#chosen(event));
    const filter = this.#filter;
    if (filter) this.listen(filter, "input", () => this.#narrow(filter.value));
    this.listen<HtmxAfter>(document, "htmx:afterRequest", (event) => {
      const form = this.closest("form");
      if (this.#before && event.target === form) this.#settle(event.detail.successful === true);
    });
  }

  get #popover(): HTMLElement {
    return this.need("[popover]");
  }

  get #trigger(): HTMLElement {
    return this.need("[popovertarget]");
  }

  get #filter(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>("[data-filter]");
  }

  get #items(): HTMLElement[] {
    return [...this.#popover.querySelectorAll<HTMLElement>("[data-item]")].filter((item) => !item.hidden);
  }

  #toggled(isOpen: boolean): void {
    this.#trigger.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) {
      // Opened by a key, the browser gives the focus back to nothing; the next key should know where it is.
      const active = document.activeElement;
      if (active === document.body || this.#popover.contains(active)) this.#trigger.focus();
      return;
    }
    if (this.#filter) this.#filter.value = "";
    this.#narrow("");
    (this.#filter ?? this.#items[0])?.focus();
    const url = this.dataset.url;
    if (!url) return;
    delete this.dataset.url;
    const items = this.need("[data-items]");
    void htmx.ajax("get", url, { source: this, target: items, swap: "innerHTML" }).then(() => {
      if (!this.#filter) this.#items[0]?.focus();
    });
  }

  #narrow(words: string): void {
    const wanted = words.trim().toLocaleLowerCase();
    let found = 0;
    for (const item of this.#popover.querySelectorAll<HTMLElement>("[data-item]")) {
      item.hidden = !(item.textContent ?? "").toLocaleLowerCase().includes(wanted);
      if (!item.hidden) found += 1;
    }
    const none = this.querySelector<HTMLElement>("[data-none]");
    if (none) none.hidden = found > 0 || this.dataset.url !== undefined || !this.#filter;
    this.#mark(wanted ? this.#items[0] : undefined);
  }

  #mark(chosen: HTMLElement | undefined): void {
    for (const item of this.#popover.querySelectorAll(".active")) item.classList.remove("active");
    chosen?.classList.add("active");
  }

  #key(event: KeyboardEvent): void {
    const items = this.#items;
    const at = items.findIndex((item) => item === document.activeElement || item.classList.contains("active"));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      this.#mark(undefined);
      const from = at === -1 ? (step === 1 ? -1 : items.length) : at;
      items[(from + step + items.length) % items.length]?.focus();
    } else if (event.key === "Home" || event.key === "End") {
      if (event.target === this.#filter) return;
      event.preventDefault();
      items.at(event.key === "Home" ? 0 : -1)?.focus();
    } else if (event.key === "Enter" && event.target === this.#filter) {
      event.preventDefault();
      items[Math.max(0, at)]?.click();
    } else if (event.key.length === 1 && this.#filter && event.target !== this.#filter && event.key !== " ") {
      this.#filter.focus();
    }
    event.stopPropagation();
  }

  #chosen(event: MouseEvent): void {
    const item = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-item]") : null;
    if (!item) return;
    const value = this.#trigger.querySelector("[data-value]");
    const label = item.querySelector("[data-label]");
    if (value && label && this.closest("form[hx-post]")) {
      this.#before = [...value.childNodes];
      value.replaceChildren(...[...label.childNodes].map((node) => node.cloneNode(true)));
    }
    // The form must see its submitter before the popover that holds it goes.
    setTimeout(() => this.#popover.hidePopover());
  }

  #settle(isDone: boolean): void {
    const before = this.#before;
    this.#before = undefined;
    if (!isDone && before) this.#trigger.querySelector("[data-value]")?.replaceChildren(...before);
  }
}
