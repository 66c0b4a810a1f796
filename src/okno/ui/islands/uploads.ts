// Files on their way to the server, each as a chip with its progress.
import { csrfToken } from "./http";

export interface Uploaded {
  id: string;
  name: string;
  size: number;
  url: string;
  is_image: boolean;
}

interface Words {
  failed: string;
}

export class Uploads {
  readonly #url: string;
  readonly #box: HTMLElement;
  readonly #template: HTMLTemplateElement;
  readonly #words: Words;
  readonly #done: (file: Uploaded) => boolean;
  readonly #changed: () => void;
  #pending = new Set<Promise<void>>();

  constructor(options: {
    url: string;
    box: HTMLElement;
    template: HTMLTemplateElement;
    words: Words;
    /** Return true if the file found its place in the text and needs no chip. */
    done: (file: Uploaded) => boolean;
    changed: () => void;
  }) {
    this.#url = options.url;
    this.#box = options.box;
    this.#template = options.template;
    this.#words = options.words;
    this.#done = options.done;
    this.#changed = options.changed;
    this.#box.addEventListener("click", (event) => {
      const target = event.target instanceof Element ? event.target : null;
      if (!target?.closest("[data-remove]")) return;
      target.closest("[data-file]")?.remove();
      this.#changed();
    });
  }

  get ids(): string[] {
    return [...this.#box.querySelectorAll<HTMLInputElement>("input[name=attachment]")].map((input) => input.value);
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      const upload = this.#send(file).finally(() => this.#pending.delete(upload));
      this.#pending.add(upload);
    }
  }

  /** Wait until nothing is on its way. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /** Show a file that the server has already. */
  show(file: { id: string; name: string }): void {
    const chip = this.#template.content.firstElementChild?.cloneNode(true);
    if (!(chip instanceof HTMLElement)) return;
    const shown = chip.querySelector("[data-name]");
    if (shown) shown.textContent = file.name;
    chip.querySelector("progress")?.remove();
    chip.prepend(hiddenInput(file.id));
    this.#box.append(chip);
  }

  clear(): void {
    this.#box.replaceChildren();
  }

  async #send(file: File): Promise<void> {
    const chip = this.#template.content.firstElementChild?.cloneNode(true);
    if (!(chip instanceof HTMLElement)) return;
    const shown = chip.querySelector("[data-name]");
    const bar = chip.querySelector("progress");
    if (shown) shown.textContent = file.name;
    this.#box.append(chip);
    try {
      const uploaded = await post(this.#url, file, (share) => {
        if (bar) bar.value = share * 100;
      });
      bar?.remove();
      if (this.#done(uploaded)) chip.remove();
      else chip.prepend(hiddenInput(uploaded.id));
    } catch (error) {
      bar?.remove();
      chip.classList.add("file-failed");
      const why = error instanceof Error && error.message ? error.message : this.#words.failed;
      if (shown) shown.textContent = `${file.name}: ${why}`;
    }
    this.#changed();
  }
}

function hiddenInput(value: string): HTMLInputElement {
  const input = document.createElement("input");
  input.type = "hidden";
  input.name = "attachment";
  input.value = value;
  return input;
}

// fetch tells nothing of how far an upload is, so this is the old way.
function post(url: string, file: File, progress: (share: number) => void): Promise<Uploaded> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file);
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => {
      const answer = request.response as (Uploaded & { detail?: string }) | null;
      if (request.status < 300 && answer) resolve(answer);
      else reject(new Error(answer?.detail ?? ""));
    };
    request.onerror = () => reject(new Error(""));
    request.send(body);
  });
}
