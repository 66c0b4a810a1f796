// Foreign HTML in a sandboxed frame that is as tall as what it holds.
//
//   <ok-mail-frame data-images-url="…?images=1"><iframe class="mail-frame" sandbox="allow-same-origin allow-popups
//   allow-popups-to-escape-sandbox" src="…"></iframe><a data-show-images href="…">Show pictures</a></ok-mail-frame>
//
// allow-same-origin (never allow-scripts) lets us measure the document; nothing in it can run.
import { OkElement } from "./element";

export class OkMailFrame extends OkElement {
  #watch: ResizeObserver | undefined;

  protected start(): void {
    const frame = this.need<HTMLIFrameElement>("iframe");
    this.listen(frame, "load", () => this.#fit(frame));
    if (frame.contentDocument?.readyState === "complete") this.#fit(frame);
    const show = this.querySelector<HTMLAnchorElement>("[data-show-images]");
    if (show) {
      this.listen<MouseEvent>(show, "click", (event) => {
        event.preventDefault();
        frame.src = this.dataset.imagesUrl ?? show.href;
        show.remove();
      });
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watch?.disconnect();
  }

  #fit(frame: HTMLIFrameElement): void {
    const root = frame.contentDocument?.documentElement;
    if (!root) return;
    const measure = (): void => {
      frame.style.height = `${root.offsetHeight}px`;
    };
    this.#watch?.disconnect();
    this.#watch = new ResizeObserver(measure);
    this.#watch.observe(root);
    measure();
  }
}
