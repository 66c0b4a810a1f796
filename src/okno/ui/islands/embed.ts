// A page in a frame on somebody's site: tells the site how tall it is, so that it needs no bars of its own.
//
//   <ok-embed data-sites="https://www.example.org https://shop.example">…the page…</ok-embed>
//
// data-sites   the origins that may frame it. Only the one that does is told ({okno: "height", height}); never "*".
import { OkElement } from "./element";

export class OkEmbed extends OkElement {
  #watch: ResizeObserver | undefined;

  protected start(): void {
    if (window.parent === window) return;
    const sites = (this.dataset.sites ?? "").split(" ").filter(Boolean);
    const around = location.ancestorOrigins?.[0] ?? (document.referrer ? new URL(document.referrer).origin : "");
    // Whose page it is, a browser may keep to itself: then each named site is spoken to, and only the right one hears.
    const heard = sites.includes(around) ? [around] : sites;
    const tell = (): void => {
      const said = { okno: "height", height: Math.ceil(this.getBoundingClientRect().height) };
      for (const site of heard) window.parent.postMessage(said, site);
    };
    this.#watch = new ResizeObserver(tell);
    this.#watch.observe(this);
    tell();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watch?.disconnect();
  }
}
