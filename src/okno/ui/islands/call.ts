// A call that is written down: what stands in the form is kept from the first letter, also when the page goes.
//
//   <ok-call data-url="/phone/draft/" data-failed="Not kept…"><form>…<p role="status" data-state></p></form></ok-call>
//
// POST data-url with the form's fields answers {call, seen, words, url} or 204 for an empty form; a refusal is
// {detail}. The answer's numbers go into the form's fields `call` and `seen`, its url into the address line.
import { OkElement, debounce } from "./element";
import { ask } from "./http";

const PAUSE = 600;

interface Kept {
  call: number;
  seen: number;
  words: string;
  url: string;
}

export class OkCall extends OkElement {
  #isChanged = false;
  #isLeaving = false;
  #keeping: Promise<void> = Promise.resolve();

  protected start(): void {
    const form = this.need<HTMLFormElement>("form");
    const keep = debounce(PAUSE, () => {
      // One after the other: an earlier state must not arrive after a later one.
      this.#keeping = this.#keeping.then(() => this.#keep(form));
    });
    const changed = (): void => {
      this.#isChanged = true;
      keep();
    };
    this.listen(form, "input", changed);
    this.listen(form, "change", changed);
    this.listen(this, "submit", () => {
      this.#isLeaving = true;
    });
    this.listen(window, "pagehide", () => {
      if (this.#isChanged && !this.#isLeaving) navigator.sendBeacon(this.dataset.url ?? "", new FormData(form));
    });
    this.listen(window, "pageshow", () => {
      this.#isLeaving = false;
    });
  }

  async #keep(form: HTMLFormElement): Promise<void> {
    if (this.#isLeaving || !this.#isChanged) return;
    this.#isChanged = false;
    const headers = { Accept: "application/json" };
    try {
      const answer = await ask(this.dataset.url ?? "", { method: "POST", body: new FormData(form), headers });
      if (answer.status === 204) return;
      if (!answer.ok) {
        this.#say(((await answer.json()) as { detail?: string }).detail ?? this.dataset.failed ?? "", true);
        return;
      }
      this.#take(form, (await answer.json()) as Kept);
    } catch {
      this.#isChanged = true;
      this.#say(this.dataset.failed ?? "", true);
    }
  }

  #take(form: HTMLFormElement, kept: Kept): void {
    const fields: Record<string, number> = { call: kept.call, seen: kept.seen };
    for (const [name, value] of Object.entries(fields)) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = String(value);
    }
    // Loading the page again goes on with the same call.
    history.replaceState(history.state, "", kept.url);
    this.#say(kept.words, false);
  }

  #say(words: string, isBad: boolean): void {
    const state = this.need("[data-state]");
    state.textContent = words;
    state.classList.toggle("quiet", !isBad);
    state.classList.toggle("text-breach", isBad);
  }
}
