// Filter tokens: words typed into the line of filters.
//
//   <ok-tokens data-suggest-url="…"><form method="get"><input type="hidden" name="q" value="status:open">
//     <span class="token">… <a class="token-remove" href="?q=">×</a></span>
//     <label class="list-add"><input class="bare" name="add" data-key="f"></label></form></ok-tokens>
//
// GET data-suggest-url?q=<the word at the cursor> answers buttons `.menu-item[data-item][data-insert="status:"]`. Choosing one
// puts it in place of the word; one that ends in ":" goes on to its values, any other submits. Backspace in the empty
// field takes the last token away.
import { OkElement, debounce } from "./element";
import { ask, fragment, withQuery } from "./http";
import { Suggestions } from "./suggestions";

export class OkTokens extends OkElement {
  protected start(): void {
    const input = this.need<HTMLInputElement>("input[name=add]");
    const list = new Suggestions(input, (item) => this.#insert(input, item.dataset.insert ?? ""));
    this.signal.addEventListener("abort", () => list.remove());
    const suggest = debounce(120, () => void this.#suggest(input, list));
    this.listen(input, "input", suggest);
    this.listen(input, "focus", suggest);
    this.listen<KeyboardEvent>(input, "keydown", (event) => {
      if (list.key(event)) return;
      if (event.key === "Backspace" && input.value === "") this.#removeLast();
      if (event.key === "Escape") input.blur();
    });
  }

  async #suggest(input: HTMLInputElement, list: Suggestions): Promise<void> {
    const url = this.dataset.suggestUrl;
    if (!url || document.activeElement !== input) return;
    const response = await ask(withQuery(url, { q: word(input.value) }), { signal: this.signal });
    if (response.ok && document.activeElement === input) list.show(fragment(await response.text()));
  }

  #insert(input: HTMLInputElement, words: string): void {
    input.value = input.value.slice(0, input.value.length - word(input.value).length) + words;
    input.focus();
    if (words.endsWith(":")) input.dispatchEvent(new Event("input", { bubbles: true }));
    else input.form?.requestSubmit();
  }

  #removeLast(): void {
    [...this.querySelectorAll<HTMLAnchorElement>(".token-remove")].at(-1)?.click();
  }
}

/** Return the word being typed: what stands behind the last space that is not between quotes. */
export function word(text: string): string {
  return /(?:[^\s"]|"[^"]*"?)*$/.exec(text)?.[0] ?? "";
}
