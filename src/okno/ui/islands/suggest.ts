// A plain field that suggests people while one types; what is chosen stands in it as the address.
//
//   <ok-suggest data-url="/tickets/new/requesters/"><input name="requester"></ok-suggest>
//
// GET data-url?q=… answers ui/ticket/recipient_options.html. [data-person-name] on the page gets the person's name.
import { OkElement, debounce } from "./element";
import { ask, fragment, withQuery } from "./http";
import { Suggestions } from "./suggestions";

const FROM = 2;

export class OkSuggest extends OkElement {
  #list: Suggestions | undefined;

  protected start(): void {
    const input = this.need<HTMLInputElement>("input");
    input.autocomplete = "off";
    const list = new Suggestions(input, (item) => {
      input.value = item.dataset.address ?? "";
      const name = document.querySelector<HTMLInputElement>("[data-person-name]");
      if (name) name.value = item.dataset.name ?? "";
      // A value that is set tells nobody of itself.
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    this.#list = list;
    this.listen(
      input,
      "input",
      debounce(150, () => void this.#suggest(input, list)),
    );
    this.listen<KeyboardEvent>(input, "keydown", (event) => list.key(event));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#list?.remove();
  }

  async #suggest(input: HTMLInputElement, list: Suggestions): Promise<void> {
    const words = input.value.trim();
    if (words.length < FROM) {
      list.hide();
      return;
    }
    const response = await ask(withQuery(this.dataset.url ?? "", { q: words }));
    if (response.ok && document.activeElement === input) list.show(fragment(await response.text()));
  }
}
