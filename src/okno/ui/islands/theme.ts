// Light, dark, or as the system.
//
//   <ok-theme><button data-theme-choice="light" aria-pressed="false">…</button> dark, system …</ok-theme>   (<c-theme-switch>)
//
// The cookie okno_theme lets the server draw the next page right from its first byte.
import { OkElement } from "./element";

const YEAR = 60 * 60 * 24 * 365;

export class OkTheme extends OkElement {
  protected start(): void {
    this.listen<MouseEvent>(this, "click", (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-theme-choice]") : null;
      if (button) this.#choose(button.dataset.themeChoice ?? "system");
    });
    this.#mark(document.documentElement.dataset.theme?.replace("okno-", "") ?? "system");
  }

  #choose(choice: string): void {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `okno_theme=${choice}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
    if (choice === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = `okno-${choice}`;
    this.#mark(choice);
  }

  #mark(choice: string): void {
    for (const button of this.querySelectorAll<HTMLElement>("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
      button.classList.toggle("on", button.dataset.themeChoice === choice);
    }
  }
}
