// What every island stands on: an element that undoes its listeners when it leaves the page.

export abstract class OkElement extends HTMLElement {
  #abort: AbortController | undefined;

  connectedCallback(): void {
    this.#abort = new AbortController();
    this.start();
  }

  disconnectedCallback(): void {
    this.#abort?.abort();
  }

  /** Find what the markup promises and begin to listen. */
  protected abstract start(): void;

  /** Ends with the element; for fetch and for listeners. */
  protected get signal(): AbortSignal {
    if (!this.#abort) throw new Error("the element is not in the page");
    return this.#abort.signal;
  }

  /** Listen on another target for as long as the element is in the page. */
  protected listen<T extends Event>(target: EventTarget, type: string, act: (event: T) => void): void {
    target.addEventListener(type, act as EventListener, { signal: this.signal });
  }

  /** Return the one element that must be there. */
  protected need<T extends Element = HTMLElement>(selector: string): T {
    const found = this.querySelector<T>(selector);
    if (!found) throw new Error(`<${this.localName}> needs ${selector}`);
    return found;
  }
}

/** Register the islands under their names. */
export function define(elements: Record<string, CustomElementConstructor>): void {
  for (const [name, element] of Object.entries(elements)) customElements.define(name, element);
}

/** Return a function that runs `act` once calls have stopped for `wait` ms. */
export function debounce<A extends unknown[]>(wait: number, act: (...args: A) => void): (...args: A) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...args), wait);
  };
}
