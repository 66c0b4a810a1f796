// Single keys, when nobody is typing.
//
//   <ok-shortcuts data-enabled="true"><dialog>the sheet</dialog></ok-shortcuts>   (ui/shortcuts.html)
//
// A key presses the visible element with that data-key ("s", "g b" for two in a row); fields get the focus. `?` shows the
// sheet, as does any [data-open-shortcuts]. With data-enabled="false" only `?` works.
import { OkElement } from "./element";
import { isTyping, latinKey, pressKey } from "./keys";

const SEQUENCE_MS = 1_200;

export class OkShortcuts extends OkElement {
  #first = "";
  #firstAt = 0;

  protected start(): void {
    this.listen<KeyboardEvent>(document, "keydown", (event) => this.#key(event));
    this.listen<MouseEvent>(document, "click", (event) => {
      if (event.target instanceof Element && event.target.closest("[data-open-shortcuts]")) this.#sheet.showModal();
    });
  }

  get #sheet(): HTMLDialogElement {
    return this.need<HTMLDialogElement>("dialog");
  }

  #key(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const key = latinKey(event);
    if (key === "?") {
      event.preventDefault();
      this.#sheet.showModal();
    } else if (key.length === 1 && this.dataset.enabled !== "false" && this.#press(key)) {
      event.preventDefault();
    }
  }

  #press(key: string): boolean {
    const isSecond = this.#first && Date.now() - this.#firstAt < SEQUENCE_MS;
    const pressed = isSecond ? pressKey(`${this.#first} ${key}`) : false;
    this.#first = key === "g" && !isSecond ? key : "";
    this.#firstAt = Date.now();
    return pressed || this.#first !== "" || pressKey(key);
  }
}
