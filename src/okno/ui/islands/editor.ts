// The rich text of the composer; its own chunk, loaded when a composer is on the page.
import { Editor } from "@tiptap/core";
import Image from "@tiptap/extension-image";
import { Placeholder } from "@tiptap/extensions";
import StarterKit from "@tiptap/starter-kit";

export interface EditorOptions {
  element: HTMLElement;
  html: string;
  label: string;
  placeholder: () => string;
  onChange: () => void;
  onFiles: (files: File[]) => void;
}

export type Tool = "bold" | "italic" | "list";

export class RichText {
  readonly #editor: Editor;

  constructor(options: EditorOptions) {
    const take = (list: FileList | undefined): boolean => {
      const files = [...(list ?? [])];
      if (files.length > 0) options.onFiles(files);
      return files.length > 0;
    };
    this.#editor = new Editor({
      element: options.element,
      // The policy forbids style that a script writes into the page; ours is in composer.css.
      injectCSS: false,
      content: options.html,
      extensions: [
        StarterKit.configure({
          heading: false,
          horizontalRule: false,
          link: { openOnClick: false, defaultProtocol: "https", HTMLAttributes: { rel: "noopener", target: null } },
        }),
        Image.configure({ inline: true }),
        Placeholder.configure({ placeholder: options.placeholder }),
      ],
      editorProps: {
        attributes: { role: "textbox", "aria-multiline": "true", "aria-label": options.label },
        handlePaste: (_view, event) => take(event.clipboardData?.files),
        handleDrop: (_view, event) => take(event.dataTransfer?.files),
      },
      onUpdate: options.onChange,
    });
  }

  get isEmpty(): boolean {
    return this.#editor.isEmpty;
  }

  get html(): string {
    return this.#editor.isEmpty ? "" : this.#editor.getHTML();
  }

  get text(): string {
    return this.#editor.getText({ blockSeparator: "\n" });
  }

  set(html: string): void {
    this.#editor.commands.setContent(html, { emitUpdate: true });
  }

  focus(): void {
    // Tiptap's own focus waits for a frame, in which a fast typist has already typed.
    this.#editor.commands.setTextSelection(this.#editor.state.doc.content.size);
    this.#editor.view.focus();
  }

  addImage(src: string, alt: string): void {
    this.#editor.chain().focus().setImage({ src, alt }).run();
  }

  toggle(tool: Tool): void {
    this.#editor.view.focus();
    const chain = this.#editor.chain();
    ({ bold: () => chain.toggleBold(), italic: () => chain.toggleItalic(), list: () => chain.toggleBulletList() })[tool]().run();
  }

  link(href: string): void {
    this.#editor.view.focus();
    const chain = this.#editor.chain().extendMarkRange("link");
    (href ? chain.setLink({ href }) : chain.unsetLink()).run();
  }

  isActive(tool: Tool | "link"): boolean {
    return this.#editor.isActive({ bold: "bold", italic: "italic", list: "bulletList", link: "link" }[tool]);
  }

  get linkHref(): string {
    return (this.#editor.getAttributes("link")["href"] as string | undefined) ?? "";
  }

  onSelect(act: () => void): void {
    this.#editor.on("selectionUpdate", act);
    this.#editor.on("transaction", act);
  }

  destroy(): void {
    this.#editor.destroy();
  }
}
