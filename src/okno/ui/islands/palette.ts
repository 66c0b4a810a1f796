// The palette: go to, do, `#` number, `@` person, `>` action.
//
//   <ok-palette data-url="…"><dialog class="palette"><div data-context></div><input>…<div data-results></div></dialog></ok-palette>
//
// Opened by Ctrl/Cmd+K, `/` and [data-open-palette]. GET data-url?q=words (and &number= of the ticket at hand) answers
// ui/palette_results.html; the empty query answers what is useful here. An item is a link, or has data-press: the key whose
// act is done when the palette has closed. The ticket at hand is [data-palette-number][data-palette-title] of the page or
// the list's current row.
import { OkElement, debounce } from "./element";
import { ask, fragment, withQuery } from "./http";
import { isTyping, latinKey, pressKey } from "./keys";

export class OkPalette extends OkElement {
  #asked = 0;

  protected start(): void {
    const input = this.need<HTMLInputElement>("input");
    const results = this.need("[data-results]");
    this.listen<KeyboardEvent>(document, "keydown", (event) => this.#opens(event));
    this.listen<MouseEvent>(document, "click", (event) => {
      if (event.target instanceof Element && event.target.closest("[data-open-palette]")) this.#open();
    });
    this.listen(
      input,
      "input",
      debounce(100, () => void this.#search(input.value)),
    );
    this.listen<KeyboardEvent>(input, "keydown", (event) => this.#key(event));
    this.listen<MouseEvent>(results, "click", (event) => {
      const item = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-item]") : null;
      if (item) this.#done(event, item);
    });
  }

  get #dialog(): HTMLDialogElement {
    return this.need<HTMLDialogElement>("dialog");
  }

  get #items(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[data-item]")];
  }

  #opens(event: KeyboardEvent): void {
    const isCommand = (event.ctrlKey || event.metaKey) && latinKey(event) === "k";
    const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !isTyping(event.target);
    if (!isCommand && !isSlash) return;
    event.preventDefault();
    this.#open();
  }

  #open(): void {
    if (!this.dataset.url || this.#dialog.open) return;
    const input = this.need<HTMLInputElement>("input");
    input.value = "";
    const here = atHand();
    this.need("[data-context]").textContent = here ? `${here.number} · ${here.title}` : "";
    this.#dialog.showModal();
    input.focus();
    void this.#search("");
  }

  async #search(words: string): Promise<void> {
    const mine = (this.#asked += 1);
    const here = atHand();
    const url = withQuery(this.dataset.url ?? "", { q: words, ...(here ? { number: here.number } : {}) });
    const response = await ask(url, { signal: this.signal });
    if (!response.ok || mine !== this.#asked) return;
    this.need("[data-results]").replaceChildren(fragment(await response.text()));
    this.#items.forEach((item, index) => {
      item.id = `palette-item-${index}`;
    });
    this.#mark(this.#items[0]);
  }

  #key(event: KeyboardEvent): void {
    const items = this.#items;
    const at = items.findIndex((item) => item.classList.contains("active"));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && items.length > 0) {
      event.preventDefault();
      this.#mark(items[(at + step + items.length) % items.length]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      items[at]?.click();
    }
  }

  #mark(chosen: HTMLElement | undefined): void {
    for (const item of this.#items) {
      item.classList.toggle("active", item === chosen);
      item.setAttribute("aria-selected", String(item === chosen));
    }
    const input = this.need("input");
    if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
    else input.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  }

  #done(event: MouseEvent, item: HTMLElement): void {
    this.#dialog.close();
    const key = item.dataset.press;
    if (!key) return;
    event.preventDefault();
    // What is not in sight may still be the list's to do, with the row under its cursor.
    if (!pressKey(key)) document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }
}

function atHand(): { number: string; title: string } | undefined {
  const page = document.querySelector<HTMLElement>("[data-palette-number]");
  if (page) return { number: page.dataset.paletteNumber ?? "", title: page.dataset.paletteTitle ?? "" };
  const row = document.querySelector<HTMLElement>(".row.cur[data-number]");
  if (!row) return undefined;
  return { number: row.dataset.number ?? "", title: row.querySelector(".row-link")?.textContent ?? "" };
}
