// The docked composer: reply and note, people as chips, rich text, files, a draft that is kept.
//
//   <ok-composer data-draft-url data-upload-url data-recipients-url data-saved data-saving data-unsaved data-placeholder
//                data-placeholder-note data-upload-failed data-address-wrong>
//     <form class="composer" hx-post=…>…</form></ok-composer>                      (ui/ticket/composer.html)
//
// The form is sent by htmx; this keeps its fields true: `html` and `body` from the editor, `to` and `cc` from the chips,
// `attachment` from the uploads. Ctrl/Cmd+Enter sends, with Shift sends and resolves. PUT data-draft-url (JSON) a second
// after the last change. okno:composer {key, after, newest, kind, html, text, files} from the server sets what it says: a new
// key after sending, the words and files again after an undo.
import { OkElement, debounce } from "./element";
import type { RichText, Tool } from "./editor";
import { hear, type ComposerChange } from "./events";
import { ask } from "./http";
import { Recipients } from "./recipients";
import { Uploads, type Uploaded } from "./uploads";

interface HtmxConfirm extends Event {
  detail: { issueRequest: (skip: boolean) => void };
}

interface HtmxAfter extends Event {
  detail: { successful?: boolean };
}

export class OkComposer extends OkElement {
  #editor: RichText | undefined;
  #uploads: Uploads | undefined;
  #recipients: Recipients[] = [];
  #isReady = false;
  readonly #save = debounce(1_000, () => void this.#saveDraft());

  protected start(): void {
    this.#uploads = new Uploads({
      url: this.dataset.uploadUrl ?? "",
      box: this.need("[data-files]"),
      template: this.need<HTMLTemplateElement>("template[data-upload]"),
      words: { failed: this.dataset.uploadFailed ?? "" },
      done: (file) => this.#place(file),
      changed: () => this.#changed(),
    });
    this.#recipients = [...this.querySelectorAll<HTMLElement>("[data-recipients]")].map(
      (box) =>
        new Recipients(box, {
          chip: this.need<HTMLTemplateElement>("template[data-chip]"),
          url: this.dataset.recipientsUrl ?? "",
          wrong: this.dataset.addressWrong ?? "",
          changed: () => this.#changed(),
        }),
    );
    this.#listenToForm();
    this.#listenToFiles();
    this.#listenToFolding();
    hear("okno:composer", this.signal, (change) => this.#set(change));
    void this.#makeEditor();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#editor?.destroy();
  }

  get #form(): HTMLFormElement {
    return this.need<HTMLFormElement>("form.composer");
  }

  get #kind(): string {
    return this.querySelector<HTMLInputElement>("input[name=kind]:checked")?.value ?? "note";
  }

  #field(name: string): HTMLInputElement {
    return this.need<HTMLInputElement>(`[name="${name}"]`);
  }

  // --- Text ------------------------------------------------------------------------------------------------------------

  async #makeEditor(): Promise<void> {
    const { RichText } = await import("./editor");
    if (!this.isConnected) return;
    const box = this.need("[data-text]");
    const plain = this.need<HTMLTextAreaElement>("textarea[name=body]");
    const words = plain.value;
    plain.hidden = true;
    this.#editor = new RichText({
      element: box,
      html: this.#field("html").value || paragraphs(words),
      label: plain.getAttribute("aria-label") ?? "",
      placeholder: () => (this.#kind === "note" ? this.dataset.placeholderNote : this.dataset.placeholder) ?? "",
      onChange: () => this.#changed(),
      onFiles: (files) => this.#uploads?.add(files),
    });
    this.#listenToTools(this.#editor);
    this.#sync();
    this.#isReady = true;
    this.dataset.ready = "";
  }

  #listenToTools(editor: RichText): void {
    const link = this.need<HTMLInputElement>("[data-link]");
    const setLink = (): void => {
      this.need("#composer-link").hidePopover();
      editor.link(link.value.trim());
    };
    // The text keeps its focus and its selection while a tool is pressed.
    this.listen(this.need("[data-tools]"), "mousedown", (event) => event.preventDefault());
    for (const button of this.querySelectorAll<HTMLElement>("[data-tool]")) {
      const tool = button.dataset.tool as Tool | "link";
      if (tool !== "link") this.listen(button, "click", () => editor.toggle(tool));
    }
    this.listen<ToggleEvent>(this.need("#composer-link"), "beforetoggle", (event) => {
      if (event.newState === "open") link.value = editor.linkHref;
    });
    this.listen<ToggleEvent>(this.need("#composer-link"), "toggle", (event) => {
      if (event.newState === "open") link.focus();
    });
    this.listen(this.need("[data-link-set]"), "click", setLink);
    this.listen<KeyboardEvent>(link, "keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      event.stopPropagation();
      setLink();
    });
    editor.onSelect(() => {
      for (const button of this.querySelectorAll<HTMLElement>("[data-tool]")) {
        button.setAttribute("aria-pressed", String(editor.isActive(button.dataset.tool as Tool | "link")));
      }
    });
  }

  #sync(): void {
    if (!this.#editor) return;
    this.#field("html").value = this.#editor.html;
    this.need<HTMLTextAreaElement>("textarea[name=body]").value = this.#editor.isEmpty ? "" : this.#editor.text;
  }

  #changed(): void {
    if (!this.#isReady) return;
    this.#sync();
    this.#tellState("");
    this.#save();
  }

  #set(change: ComposerChange): void {
    if (change.key !== undefined) this.#field("key").value = change.key;
    if (change.after !== undefined) this.#field("after").value = String(change.after);
    if (change.newest !== undefined && !this.#isTyped) this.#field("after").value = String(change.newest);
    for (const file of change.files ?? []) this.#uploads?.show(file);
    if (change.kind) {
      const radio = this.querySelector<HTMLInputElement>(`input[name=kind][value=${change.kind}]`);
      if (radio) radio.checked = true;
    }
    if (change.html === undefined && change.text === undefined) return;
    this.#editor?.set(change.html || paragraphs(change.text ?? ""));
    this.#unfold();
  }

  // --- Sending and the draft -----------------------------------------------------------------------------------------

  #listenToForm(): void {
    const form = this.#form;
    this.listen<KeyboardEvent>(form, "keydown", (event) => this.#key(event));
    // htmx forgets the pressed button when the focus leaves it, which a wait for uploads may outlast.
    this.listen<SubmitEvent>(form, "submit", ({ submitter }) => {
      if (submitter instanceof HTMLButtonElement) this.need<HTMLInputElement>("[data-then]").value = submitter.value;
    });
    this.listen<HtmxConfirm>(form, "htmx:confirm", (event) => {
      if (event.target !== form) return;
      event.preventDefault();
      void this.#uploads?.settled().then(() => {
        this.#sync();
        event.detail.issueRequest(true);
      });
    });
    this.listen(form, "submit", () => this.querySelector<HTMLElement>("#composer-then:popover-open")?.hidePopover());
    this.listen<HtmxAfter>(form, "htmx:afterRequest", (event) => {
      if (event.target === form && event.detail.successful) this.#sent();
    });
    this.listen(form, "change", (event) => {
      if (event.target instanceof HTMLInputElement && event.target.name === "kind") this.#turned();
    });
    this.listen<MouseEvent>(this.need(".composer-tabs"), "click", (event) => this.#goToText(event));
    this.listen(window, "pagehide", () => void this.#saveDraft(true));
  }

  #key(event: KeyboardEvent): void {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.need<HTMLButtonElement>(event.shiftKey ? "[data-send-resolve]" : "[data-send]").click();
  }

  // Whoever presses a tab (or its key) wants to write at once, so that no letter goes to the single keys; whoever walks
  // over the tabs with the arrows is still choosing. A label has not passed its click on yet, so it waits.
  #goToText(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    if (target instanceof HTMLInputElement && target !== document.activeElement) this.#unfold();
    else if (target?.closest(".tab") && !(target instanceof HTMLInputElement)) setTimeout(() => this.#unfold());
  }

  #turned(): void {
    // The editor asks for its placeholder anew when it is drawn anew.
    if (this.#editor?.isEmpty) this.#editor.set("");
    this.#changed();
  }

  #sent(): void {
    this.#isReady = false;
    this.#editor?.set("");
    this.#uploads?.clear();
    this.#sync();
    this.need("#composer-notice").replaceChildren();
    this.#tellState("");
    this.#isDirty = false;
    this.#isReady = true;
    this.#fold();
  }

  #isDirty = false;

  #tellState(words: string): void {
    this.#isDirty = words === "";
    this.need("[data-state]").textContent = words;
  }

  async #saveDraft(isLeaving = false): Promise<void> {
    const url = this.dataset.draftUrl;
    if (!url || !this.#isDirty || !this.#isReady) return;
    this.#tellState(this.dataset.saving ?? " ");
    const draft = {
      kind: this.#kind,
      ...Object.fromEntries(this.#recipients.map((each) => [each.name, each.addresses])),
      text: this.need<HTMLTextAreaElement>("textarea[name=body]").value,
      html: this.#field("html").value,
      attachments: this.#uploads?.ids ?? [],
    };
    const headers = { "Content-Type": "application/json" };
    const response = await ask(url, { method: "PUT", headers, body: JSON.stringify(draft), keepalive: isLeaving }).catch(
      () => undefined,
    );
    // Something may have been typed meanwhile; then the next save speaks.
    if (!this.#isDirty) this.#tellState((response?.ok ? this.dataset.saved : this.dataset.unsaved) ?? " ");
  }

  // --- Files -------------------------------------------------------------------------------------------------------------

  #listenToFiles(): void {
    const form = this.#form;
    const pick = this.need<HTMLInputElement>("[data-pick]");
    this.listen(pick, "change", () => {
      this.#uploads?.add([...(pick.files ?? [])]);
      pick.value = "";
    });
    this.listen<DragEvent>(form, "dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      form.classList.add("dropping");
    });
    this.listen<DragEvent>(form, "dragleave", (event) => {
      if (!(event.relatedTarget instanceof Node && form.contains(event.relatedTarget))) form.classList.remove("dropping");
    });
    this.listen<DragEvent>(form, "drop", (event) => {
      form.classList.remove("dropping");
      if (event.defaultPrevented || !event.dataTransfer?.files.length) return;
      event.preventDefault();
      this.#uploads?.add(event.dataTransfer.files);
    });
  }

  #place(file: Uploaded): boolean {
    if (file.is_image && this.#editor) {
      this.#editor.addImage(file.url, file.name);
      return true;
    }
    return false;
  }

  // --- On a phone: one line until touched ----------------------------------------------------------------------------

  #listenToFolding(): void {
    this.#fold();
    this.listen<MouseEvent>(this, "click", (event) => {
      const target = event.target instanceof Element ? event.target : null;
      const unfolder = target?.closest<HTMLElement>("[data-unfold]");
      if (unfolder) this.#set({ kind: unfolder.dataset.unfold === "note" ? "note" : "reply" });
      if (unfolder) this.#unfold();
      if (target?.closest("[data-fold]")) this.#fold();
    });
  }

  get #isTyped(): boolean {
    return this.#field("html").value !== "" || this.need<HTMLTextAreaElement>("textarea[name=body]").value !== "";
  }

  #fold(): void {
    this.classList.toggle("composer-folded", !this.#isTyped);
  }

  #unfold(): void {
    this.classList.remove("composer-folded");
    this.#editor?.focus();
  }
}

function paragraphs(text: string): string {
  const escaped = document.createElement("p");
  return text
    .split(/\n{2,}/)
    .filter((part) => part.trim())
    .map((part) => {
      escaped.textContent = part;
      return `<p>${escaped.innerHTML.replaceAll("\n", "<br>")}</p>`;
    })
    .join("");
}
