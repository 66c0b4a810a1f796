// A list of suggestions under a field; the field keeps the focus (the combobox pattern).

let counter = 0;

export class Suggestions {
  readonly #input: HTMLInputElement;
  readonly #list: HTMLElement;
  readonly #choose: (item: HTMLElement) => void;

  constructor(input: HTMLInputElement, choose: (item: HTMLElement) => void) {
    this.#input = input;
    this.#choose = choose;
    this.#list = document.createElement("div");
    this.#list.className = "menu";
    this.#list.popover = "manual";
    this.#list.id = `suggestions-${(counter += 1)}`;
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", input.getAttribute("aria-label") ?? input.labels?.[0]?.textContent ?? "");
    (input.closest("dialog") ?? document.body).append(this.#list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", this.#list.id);
    // A press would take the focus from the field before the click arrives.
    this.#list.addEventListener("mousedown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const item = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-item]") : null;
      if (item) this.#take(item);
    });
    input.addEventListener("blur", () => this.hide());
  }

  get isOpen(): boolean {
    return this.#list.matches(":popover-open");
  }

  show(content: DocumentFragment): void {
    this.#list.replaceChildren(content);
    const items = this.#items;
    items.forEach((item, index) => {
      item.id = `${this.#list.id}-${index}`;
      item.setAttribute("role", "option");
    });
    if (items.length === 0) {
      this.hide();
      return;
    }
    const { left, bottom } = this.#input.getBoundingClientRect();
    if (!this.isOpen) this.#list.showPopover();
    this.#list.style.positionArea = "none";
    const room = window.innerHeight - bottom;
    this.#list.style.left = `${Math.min(left, window.innerWidth - this.#list.offsetWidth - 8)}px`;
    const isBelow = room > this.#list.offsetHeight + 8;
    this.#list.style.top = `${isBelow ? bottom : this.#input.getBoundingClientRect().top - this.#list.offsetHeight - 8}px`;
    this.#input.setAttribute("aria-expanded", "true");
    this.#mark(items[0]);
  }

  hide(): void {
    if (this.isOpen) this.#list.hidePopover();
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
  }

  remove(): void {
    this.#list.remove();
  }

  /** Take arrows, Enter, Tab and Esc while the list is open. Returns whether the key was used. */
  key(event: KeyboardEvent): boolean {
    if (!this.isOpen) return false;
    const items = this.#items;
    const at = items.findIndex((item) => item.classList.contains("active"));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const chosen = items[at];
    if (step !== undefined) this.#mark(items[(at + step + items.length) % items.length]);
    else if ((event.key === "Enter" || event.key === "Tab") && chosen) this.#take(chosen);
    else if (event.key === "Escape") this.hide();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  get #items(): HTMLElement[] {
    return [...this.#list.querySelectorAll<HTMLElement>("[data-item]")];
  }

  #take(item: HTMLElement): void {
    this.hide();
    this.#choose(item);
  }

  #mark(chosen: HTMLElement | undefined): void {
    for (const item of this.#items) {
      item.classList.toggle("active", item === chosen);
      item.setAttribute("aria-selected", String(item === chosen));
    }
    if (!chosen) return;
    this.#input.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }
}
