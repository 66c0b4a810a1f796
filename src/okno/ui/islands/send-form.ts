// The form that anybody may send: fields of the chosen type, files with progress, a proof of work, and nothing typed is lost.
//
//   <ok-send-form data-key="…" data-bits="18" data-soonest="3" data-files-count="10" data-file-size="…" data-total-size="…" data-words-…="…">
//     <form action="…" enctype="multipart/form-data"> …fields of Django…
//       <div data-message hidden><p></p></div> <select data-type> <div data-asked>…</div> <p data-type-hint>
//       <ul data-files hidden></ul> <button data-send> <div data-progress hidden><label data-progress-words><progress></div>
//
// data-key, data-bits   what the proof is made of (proof-worker.ts); the answer goes into the field `proof`
// data-soonest          seconds: what comes back faster is taken for a program's, so whoever is that fast waits a moment
// data-files-count, data-file-size, data-total-size   limits, in bytes; the server has the same
// data-words-*          what is said
//
// Posts the form with `Accept: application/json`. Answers: {url} leads on; {message, fields: {name: [words]}} is shown at the
// fields, and with {token, key, bits} the form goes on with a fresh token. Another type loads the page with `?type=` and takes
// its fields over. Without scripts the form is an ordinary one.
import { OkElement } from "./element";
import { fragment, withQuery } from "./http";

interface Answer {
  url?: string;
  message?: string;
  fields?: Record<string, string[]>;
  token?: string;
  key?: string;
  bits?: number;
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export class OkSendForm extends OkElement {
  #worker: Worker | undefined;
  #proof: Promise<string> | undefined;
  #files: File[] = [];
  #isSending = false;

  protected start(): void {
    this.#prove(this.dataset.key ?? "", Number(this.dataset.bits));
    this.listen<SubmitEvent>(this.#form, "submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    const type = this.querySelector<HTMLSelectElement>("[data-type]");
    if (type) this.listen(type, "change", () => void this.#showType(type.value));
    const input = this.#form.querySelector<HTMLInputElement>("input[type=file]");
    if (input) this.listen(input, "change", () => this.#take(input));
    // A page that comes back from the browser's cache may be sent again.
    this.listen<PageTransitionEvent>(window, "pageshow", () => this.#end());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#worker?.terminate();
  }

  get #form(): HTMLFormElement {
    return this.need<HTMLFormElement>("form");
  }

  // --- The proof ------------------------------------------------------------------------------------

  #prove(key: string, bits: number): void {
    this.#worker?.terminate();
    const worker = new Worker(new URL("./proof-worker.ts", import.meta.url), { type: "module" });
    this.#worker = worker;
    const patience = new Promise((resolve) => setTimeout(resolve, Number(this.dataset.soonest) * 1000));
    const found = new Promise<string>((resolve) => {
      worker.onmessage = ({ data }: MessageEvent<string>) => resolve(data);
      // Without an answer the request waits for the link in a mail, which is better than not at all.
      worker.onerror = () => resolve("");
      worker.postMessage({ key, bits });
    });
    this.#proof = patience.then(() => found);
  }

  // --- The type and its fields ----------------------------------------------------------------------

  async #showType(value: string): Promise<void> {
    const address = withQuery(this.#form.action, { type: value });
    try {
      const response = await fetch(address, { credentials: "omit", signal: this.signal });
      if (!response.ok) throw new Error(response.statusText);
      const page = fragment(await response.text());
      for (const part of ["[data-asked]", "[data-type-hint]"]) this.#replace(part, page);
    } catch {
      if (!this.signal.aborted) this.#say(this.dataset.wordsFailed ?? "");
    }
  }

  #replace(selector: string, page: DocumentFragment): void {
    const old = this.querySelector(selector);
    const fresh = page.querySelector(selector);
    if (!old || !fresh) return;
    const typed = new Map([...controls(old)].map((control) => [control.name, control.value]));
    for (const control of controls(fresh)) {
      const value = typed.get(control.name);
      if (value !== undefined) control.value = value;
    }
    old.replaceChildren(...fresh.childNodes);
  }

  // --- Files ----------------------------------------------------------------------------------------

  // Chosen in several goes they add up, and each can be taken out again.
  #take(input: HTMLInputElement): void {
    const known = new Set(this.#files.map(nameOf));
    this.#files.push(...[...(input.files ?? [])].filter((file) => !known.has(nameOf(file))));
    this.#write(input);
  }

  #write(input: HTMLInputElement): void {
    const all = new DataTransfer();
    for (const file of this.#files) all.items.add(file);
    input.files = all.files;
    const list = this.need("[data-files]");
    list.hidden = this.#files.length === 0;
    list.replaceChildren(...this.#files.map((file) => this.#line(file, input)));
    this.#complain("files", this.#tooMuch());
  }

  #line(file: File, input: HTMLInputElement): HTMLElement {
    const line = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = `${file.name} · ${sizeOf(file.size)}`;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "link";
    remove.textContent = this.dataset.wordsRemove ?? "";
    remove.setAttribute("aria-label", `${this.dataset.wordsRemove ?? ""} ${file.name}`);
    remove.addEventListener("click", () => {
      this.#files = this.#files.filter((one) => one !== file);
      this.#write(input);
      input.focus();
    });
    line.append(name, remove);
    return line;
  }

  #tooMuch(): string[] {
    const { filesCount, fileSize, totalSize, wordsCount = "", wordsSize = "" } = this.dataset;
    const total = this.#files.reduce((sum, file) => sum + file.size, 0);
    const found: string[] = [];
    if (this.#files.length > Number(filesCount)) found.push(wordsCount);
    if (total > Number(totalSize) || this.#files.some((file) => file.size > Number(fileSize))) found.push(wordsSize);
    return found;
  }

  // --- Sending --------------------------------------------------------------------------------------

  async #submit(): Promise<void> {
    if (this.#isSending) return;
    const tooMuch = this.#tooMuch();
    this.#say("");
    this.#complain("files", tooMuch);
    if (tooMuch.length > 0) return;
    this.#begin(this.dataset.wordsProving ?? "");
    try {
      this.#field("proof").value = (await this.#proof) ?? "";
      this.#begin(this.dataset.wordsSending ?? "");
      const answer = await post(this.#form, (share) => {
        this.need<HTMLProgressElement>("progress").value = share * 100;
      });
      if (answer.url) {
        // Stays as it is until the next page is there: nobody sends twice.
        location.assign(answer.url);
        return;
      }
      this.#end();
      this.#show(answer);
    } catch {
      this.#end();
      this.#say(this.dataset.wordsFailed ?? "");
    }
  }

  #begin(words: string): void {
    this.#isSending = true;
    this.need("[data-progress]").hidden = false;
    this.need("[data-progress-words]").textContent = words;
    this.need("[data-send]").setAttribute("aria-disabled", "true");
  }

  #end(): void {
    this.#isSending = false;
    this.need("[data-progress]").hidden = true;
    this.need("[data-send]").removeAttribute("aria-disabled");
  }

  #show(answer: Answer): void {
    if (answer.token && answer.key && answer.bits) {
      this.#field("token").value = answer.token;
      this.#prove(answer.key, answer.bits);
    }
    const names = new Set([...controls(this.#form)].map((control) => control.name));
    for (const name of names) this.#complain(name, answer.fields?.[name] ?? []);
    const wrong = this.#form.querySelector<HTMLElement>("[aria-invalid=true]");
    this.#say(answer.message || (this.dataset.wordsCheck ?? ""));
    wrong?.focus();
  }

  #say(words: string): void {
    const box = this.need("[data-message]");
    const line = box.querySelector("p");
    if (line) line.textContent = words;
    box.hidden = words === "";
    if (words) box.scrollIntoView({ block: "nearest" });
  }

  // Writes complaints as the server does: a list below the control, which names it.
  #complain(name: string, words: string[]): void {
    const control = [...controls(this.#form)].find((one) => one.name === name && one.type !== "hidden");
    if (!control) return;
    const id = `${control.id}_error`;
    document.getElementById(id)?.remove();
    const others = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== id);
    if (words.length === 0) {
      control.removeAttribute("aria-invalid");
    } else {
      const list = document.createElement("ul");
      list.className = "field-errors";
      list.id = id;
      for (const one of words) list.appendChild(document.createElement("li")).textContent = one;
      control.closest(".field, .field-choice")?.append(list);
      control.setAttribute("aria-invalid", "true");
      others.push(id);
    }
    if (others.length > 0) control.setAttribute("aria-describedby", others.join(" "));
    else control.removeAttribute("aria-describedby");
  }

  #field(name: string): HTMLInputElement {
    return this.need<HTMLInputElement>(`input[name=${name}]`);
  }
}

function controls(within: Element): NodeListOf<Control> {
  return within.querySelectorAll<Control>("input[name], select[name], textarea[name]");
}

function nameOf(file: File): string {
  return `${file.name}/${file.size}/${file.lastModified}`;
}

function sizeOf(bytes: number): string {
  const inMegabytes = bytes >= 1024 * 1024;
  const value = inMegabytes ? bytes / (1024 * 1024) : Math.max(1, bytes / 1024);
  return new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit",
    unit: inMegabytes ? "megabyte" : "kilobyte",
    maximumFractionDigits: 1,
  }).format(value);
}

// fetch tells nothing of how far an upload is, so this is the old way.
function post(form: HTMLFormElement, progress: (share: number) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => {
      const answer = request.response as Answer | null;
      if (answer && typeof answer === "object") resolve(answer);
      else reject(new Error(request.statusText));
    };
    request.onerror = () => reject(new Error("no connection"));
    request.send(new FormData(form));
  });
}
