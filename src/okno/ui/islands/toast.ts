// Short words at the bottom left, with at most one act.
//
//   <ok-toast class="toasts" data-failed data-offline data-undo data-close><template>…</template></ok-toast>   (ui/toasts.html)
//
// Hears okno:toast: {text, tone?, seconds?, action?: {label?, url, method?}}. With seconds and an action it counts down and
// leaves when the time is over; `z` presses the newest action. Server errors that bring no toast of their own get one.
import htmx from "htmx.org";

import { OkElement } from "./element";
import { hear, tell, type Toast, type ToastAction } from "./events";

const PLAIN_SECONDS = 5;
const DANGER_SECONDS = 12;

interface HtmxFailure extends Event {
  detail: { xhr?: XMLHttpRequest };
}

export class OkToast extends OkElement {
  protected start(): void {
    hear("okno:toast", this.signal, (toast) => this.#show(toast));
    this.listen<HtmxFailure>(document, "htmx:responseError", (event) => this.#fail(event.detail.xhr));
    this.listen(document, "htmx:sendError", () => this.#say(this.dataset.offline));
    this.listen(document, "htmx:timeout", () => this.#say(this.dataset.offline));
    this.listen<MouseEvent>(this, "click", (event) => {
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest("[data-close]")) target.closest(".toast")?.remove();
    });
    for (const toast of this.querySelectorAll<HTMLElement>("[data-toast]")) this.#leave(toast, PLAIN_SECONDS);
  }

  #fail(xhr: XMLHttpRequest | undefined): void {
    const hasOwn = xhr?.getResponseHeader("HX-Trigger")?.includes("okno:toast");
    const isShown = xhr?.status === 409 || xhr?.status === 422;
    if (!hasOwn && !isShown) this.#say(this.dataset.failed);
  }

  #say(text: string | undefined): void {
    tell("okno:toast", { text: text ?? "", tone: "danger" });
  }

  #show(toast: Toast): void {
    const made = this.need<HTMLTemplateElement>("template").content.firstElementChild?.cloneNode(true);
    if (!(made instanceof HTMLElement)) return;
    const text = made.querySelector("[data-text]");
    if (text) text.textContent = toast.text;
    if (toast.tone === "danger") made.setAttribute("role", "alert");
    if (toast.action) this.#arm(made, toast.action);
    const seconds = toast.seconds ?? (toast.tone === "danger" ? DANGER_SECONDS : PLAIN_SECONDS);
    if (toast.seconds && toast.action) this.#count(made, seconds);
    else this.#leave(made, seconds);
    this.append(made);
  }

  #arm(toast: HTMLElement, action: ToastAction): void {
    const button = toast.querySelector<HTMLButtonElement>("[data-action]");
    if (!button) return;
    button.hidden = false;
    // The key is the newest one's; what is older can still be pressed.
    for (const older of this.querySelectorAll<HTMLElement>("[data-action][data-key]")) delete older.dataset.key;
    button.dataset.key = "z";
    button.textContent = action.label ?? this.dataset.undo ?? "";
    button.addEventListener("click", () => {
      toast.remove();
      if (action.method === "post") void htmx.ajax("post", action.url, { source: document.body, swap: "none" });
      else location.assign(action.url);
    });
  }

  #count(toast: HTMLElement, seconds: number): void {
    const shown = toast.querySelector<HTMLElement>("[data-seconds]");
    if (!shown) return;
    const end = Date.now() + seconds * 1000;
    const tick = (): void => {
      const left = Math.ceil((end - Date.now()) / 1000);
      shown.hidden = false;
      shown.textContent = String(Math.max(0, left));
      if (left <= 0 || !toast.isConnected) {
        toast.remove();
        clearInterval(timer);
      }
    };
    const timer = setInterval(tick, 250);
    shown.hidden = false;
    shown.textContent = String(seconds);
    // Seconds that are read out one by one would drown the words.
    shown.setAttribute("aria-hidden", "true");
  }

  #leave(toast: HTMLElement, seconds: number): void {
    setTimeout(() => toast.remove(), seconds * 1000);
  }
}
