// The ticket list: a cursor, a selection with its bar, and rows that stay true.
//
//   <ok-list data-rows-url="/tickets/rows/" data-slides="true" {% list_words %}>
//     <div data-scroll><button data-fresh hidden></button><table>…<tbody data-body>rows</tbody></table></div>
//     <form id="bulk" class="bulk-bar">…<b data-bulk-count></b> controls with data-key …<button data-clear></button></form>
//   </ok-list>
//
// j k move, o and Enter open, x selects, Shift-click selects a range, Esc lets go. A key of a control in the bar (a s p t l i)
// presses it for the selection, or for the cursor's row. On okno:event: GET data-rows-url?numbers=1,2&<the page's query>
// answers the <tr>s of those that belong to this view. Rows never move under the pointer: with data-slides (first page,
// newest first) new ones slide in when the list is at rest, otherwise [data-fresh] tells how many wait.
import { OkElement, debounce } from "./element";
import { hear } from "./events";
import { ask, fragment, withQuery } from "./http";
import { isTyping, latinKey, pressKey } from "./keys";

interface HtmxAfter extends Event {
  detail: { successful?: boolean };
}

export class OkList extends OkElement {
  #changed = new Set<number>();
  #waiting = new Map<string, HTMLTableRowElement>();
  #lastPicked: HTMLInputElement | undefined;

  protected start(): void {
    this.listen<KeyboardEvent>(document, "keydown", (event) => this.#key(event));
    this.listen<MouseEvent>(this, "click", (event) => this.#click(event));
    this.listen(this, "change", () => this.#count());
    const soon = debounce(120, () => void this.#refresh());
    hear("okno:event", this.signal, ({ number }) => {
      if (number === null) return;
      this.#changed.add(number);
      soon();
    });
    hear("okno:refresh", this.signal, () => {
      for (const row of this.#rows) this.#changed.add(Number(row.dataset.number));
      soon();
    });
    this.listen<HtmxAfter>(document, "htmx:afterRequest", (event) => {
      const isBulk = event.target instanceof HTMLElement && event.target.id === "bulk";
      if (isBulk && event.detail.successful) this.#clear();
    });
    this.#count();
  }

  get #body(): HTMLElement | null {
    return this.querySelector<HTMLElement>("[data-body]");
  }

  get #rows(): HTMLTableRowElement[] {
    return [...(this.#body?.querySelectorAll<HTMLTableRowElement>("tr[data-number]") ?? [])];
  }

  get #picked(): HTMLInputElement[] {
    return this.#rows.map(pickOf).filter((pick) => pick.checked);
  }

  get #cursor(): HTMLTableRowElement | undefined {
    return this.#rows.find((row) => row.classList.contains("cur"));
  }

  // --- Keys and clicks -----------------------------------------------------------------------------------------------

  #key(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.target instanceof Element && event.target.closest("[popover]")) return;
    if (this.#act(latinKey(event), event.target)) event.preventDefault();
  }

  #act(key: string, target: EventTarget | null): boolean {
    const row = this.#cursor;
    if (key === "j" || key === "k") return this.#move(key === "j" ? 1 : -1);
    if (key === "Escape") return this.#clear();
    const isOnControl = target instanceof HTMLElement && target.matches("a, button, input");
    if (row && (key === "o" || (key === "Enter" && !isOnControl))) {
      row.querySelector<HTMLAnchorElement>(".row-link")?.click();
      return true;
    }
    if (row && key === "x") {
      this.#pick(pickOf(row), !pickOf(row).checked);
      return true;
    }
    return this.#bulk(key, row);
  }

  #bulk(key: string, row: HTMLTableRowElement | undefined): boolean {
    const bar = this.querySelector<HTMLElement>("#bulk");
    const hasControl = bar?.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!bar || !hasControl || (this.#picked.length === 0 && !row)) return false;
    if (this.#picked.length === 0 && row) this.#pick(pickOf(row), true);
    return pressKey(key, bar);
  }

  #move(step: number): boolean {
    const rows = this.#rows;
    const at = rows.findIndex((row) => row.classList.contains("cur"));
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
    if (!next) return false;
    rows[at]?.classList.remove("cur");
    next.classList.add("cur");
    next.querySelector<HTMLElement>(".row-link")?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    return true;
  }

  #click(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("[data-fresh]")) this.#showWaiting();
    if (target?.closest("[data-clear]")) this.#clear();
    if (target instanceof HTMLInputElement && target.matches("[data-pick-all]")) {
      for (const row of this.#rows) pickOf(row).checked = target.checked;
      this.#count();
    } else if (target instanceof HTMLInputElement && target.name === "number") {
      if (event.shiftKey && this.#lastPicked) this.#range(this.#lastPicked, target);
      this.#lastPicked = target;
    }
  }

  #range(from: HTMLInputElement, to: HTMLInputElement): void {
    const picks = this.#rows.map(pickOf);
    const [first, last] = [picks.indexOf(from), picks.indexOf(to)].sort((a, b) => a - b);
    if (first === undefined || last === undefined || first < 0) return;
    for (const pick of picks.slice(first, last + 1)) pick.checked = to.checked;
    this.#count();
  }

  #pick(pick: HTMLInputElement, isOn: boolean): void {
    pick.checked = isOn;
    this.#lastPicked = pick;
    this.#count();
  }

  #clear(): boolean {
    const picked = this.#picked;
    for (const pick of picked) pick.checked = false;
    this.#count();
    return picked.length > 0;
  }

  #count(): void {
    const count = this.#picked.length;
    const shown = this.querySelector("[data-bulk-count]");
    if (shown) shown.textContent = String(count);
    this.classList.toggle("list-selecting", count > 0);
    const all = this.querySelector<HTMLInputElement>("[data-pick-all]");
    if (!all) return;
    all.checked = count > 0 && count === this.#rows.length;
    all.indeterminate = count > 0 && !all.checked;
  }

  // --- Live ------------------------------------------------------------------------------------------------------------

  async #refresh(): Promise<void> {
    const numbers = [...this.#changed].slice(0, 50);
    numbers.forEach((number) => this.#changed.delete(number));
    const url = new URL(withQuery(this.dataset.rowsUrl ?? "", Object.fromEntries(new URLSearchParams(location.search))));
    url.searchParams.set("numbers", numbers.join(","));
    const response = await ask(url.href, { signal: this.signal });
    if (!response.ok) return;
    const told = fragment(await response.text());
    const fresh = new Map([...told.querySelectorAll<HTMLTableRowElement>("tr[data-number]")].map((row) => [row.id, row]));
    for (const number of numbers) this.#apply(`row-${number}`, fresh.get(`row-${number}`));
    this.#announce();
    if (this.#changed.size > 0) await this.#refresh();
  }

  #apply(id: string, fresh: HTMLTableRowElement | undefined): void {
    const present = this.#rows.find((row) => row.id === id);
    if (present && fresh) {
      pickOf(fresh).checked = pickOf(present).checked;
      if (present.classList.contains("cur")) fresh.classList.add("cur");
      const hadFocus = present.contains(document.activeElement);
      present.replaceWith(fresh);
      if (hadFocus) fresh.querySelector<HTMLElement>(".row-link")?.focus({ preventScroll: true });
    } else if (present) {
      present.classList.add("row-gone");
      this.#waiting.delete(id);
    } else if (fresh) {
      this.#waiting.set(id, fresh);
    } else {
      this.#waiting.delete(id);
    }
  }

  #announce(): void {
    const isAtRest = this.#picked.length === 0 && !this.#cursor && !this.#body?.matches(":hover");
    const isAtTop = (this.querySelector("[data-scroll]")?.scrollTop ?? 0) < 8;
    if (this.#waiting.size > 0 && this.dataset.slides === "true" && isAtRest && isAtTop) this.#slideIn();
    const button = this.querySelector<HTMLElement>("[data-fresh]");
    if (!button) return;
    button.hidden = this.#waiting.size === 0;
    button.textContent = `↑ ${this.#words(this.#waiting.size)}`;
  }

  #showWaiting(): void {
    if (this.dataset.slides !== "true" || !this.#body) {
      location.reload();
      return;
    }
    this.#slideIn();
    this.querySelector("[data-scroll]")?.scrollTo({ top: 0 });
    this.#announce();
  }

  #slideIn(): void {
    const body = this.#body;
    // An empty view shows a picture instead of a table; only the server can draw that anew.
    if (!body) {
      location.reload();
      return;
    }
    for (const row of this.#waiting.values()) {
      row.classList.add("row-in");
      body.prepend(row);
    }
    this.#waiting.clear();
  }

  #words(count: number): string {
    const form = new Intl.PluralRules(document.documentElement.lang).select(count);
    const words = this.getAttribute(`data-new-${form}`) ?? this.dataset.newOther ?? "%s";
    return words.replace("%s", String(count));
  }
}

function pickOf(row: HTMLTableRowElement): HTMLInputElement {
  const pick = row.querySelector<HTMLInputElement>("input[name=number]");
  if (!pick) throw new Error("a row without its checkbox");
  return pick;
}
