// People as chips over a field of addresses. Without scripts the field itself holds them, comma between.
import { debounce } from "./element";
import { ask, fragment, withQuery } from "./http";
import { Suggestions } from "./suggestions";

const ADDRESS = /^[^\s@<>",;]+@[^\s@<>",;]+\.[^\s@<>",;]+$/;

export class Recipients {
  readonly #box: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #value: HTMLInputElement;
  readonly #chip: HTMLTemplateElement;
  readonly #changed: () => void;
  readonly #wrong: string;

  constructor(box: HTMLElement, options: { chip: HTMLTemplateElement; url: string; wrong: string; changed: () => void }) {
    this.#box = box;
    this.#chip = options.chip;
    this.#changed = options.changed;
    this.#wrong = options.wrong;
    const input = box.querySelector<HTMLInputElement>("input.bare");
    if (!input) throw new Error("recipients without a field");
    this.#input = input;
    this.#value = document.createElement("input");
    this.#value.type = "hidden";
    this.#value.name = input.name;
    box.append(this.#value);
    input.removeAttribute("name");
    input.value = "";
    this.#listen(options.url);
    this.#sync();
  }

  get addresses(): string[] {
    return [...this.#box.querySelectorAll<HTMLElement>("[data-address]")].map((chip) => chip.dataset.address ?? "");
  }

  get name(): string {
    return this.#value.name;
  }

  #listen(url: string): void {
    const list = new Suggestions(this.#input, (item) => {
      this.#input.value = "";
      this.#add(item.dataset.address ?? "", item.dataset.name ?? "");
    });
    this.#input.addEventListener(
      "input",
      debounce(150, () => void this.#suggest(url, list)),
    );
    this.#input.addEventListener("keydown", (event) => {
      if (list.key(event)) return;
      if (["Enter", ",", ";", " "].includes(event.key) && this.#input.value.trim()) {
        event.preventDefault();
        this.#take();
      } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
      } else if (event.key === "Backspace" && this.#input.value === "") {
        [...this.#box.querySelectorAll("[data-address]")].at(-1)?.remove();
        this.#sync();
      }
    });
    this.#input.addEventListener("blur", () => this.#take());
    this.#input.addEventListener("paste", (event) => {
      const words = event.clipboardData?.getData("text") ?? "";
      if (!/[,;\s]/.test(words.trim())) return;
      event.preventDefault();
      words.split(/[,;\s]+/).filter((each) => ADDRESS.test(each)).forEach((each) => this.#add(each, ""));
    });
    this.#box.addEventListener("click", (event) => {
      const target = event.target instanceof Element ? event.target : null;
      if (!target?.closest("[data-remove]")) return;
      target.closest("[data-address]")?.remove();
      this.#sync();
      this.#input.focus();
    });
  }

  async #suggest(url: string, list: Suggestions): Promise<void> {
    const words = this.#input.value.trim();
    if (!url || words.length < 2) {
      list.hide();
      return;
    }
    const response = await ask(withQuery(url, { q: words }));
    if (response.ok && document.activeElement === this.#input) list.show(fragment(await response.text()));
  }

  #take(): void {
    const words = this.#input.value.trim().replace(/[,;]$/, "");
    this.#input.setCustomValidity("");
    if (!words) return;
    if (ADDRESS.test(words)) {
      this.#input.value = "";
      this.#add(words, "");
    } else {
      this.#input.setCustomValidity(this.#wrong);
      this.#input.reportValidity();
    }
  }

  #add(address: string, name: string): void {
    if (!address || this.addresses.includes(address)) return;
    const chip = this.#chip.content.firstElementChild?.cloneNode(true);
    if (!(chip instanceof HTMLElement)) return;
    chip.dataset.address = address;
    chip.title = address;
    const shown = chip.querySelector("[data-name]");
    if (shown) shown.textContent = name || address;
    this.#input.before(chip);
    this.#sync();
  }

  #sync(): void {
    this.#value.value = this.addresses.join(", ");
    this.#changed();
  }
}
