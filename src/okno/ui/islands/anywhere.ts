// Small manners for any page, by attribute:
//   <button data-open-dialog="id">                 opens that dialog
//   <button data-copy="10482" data-copied="…">     copies and says so
//   <details data-remember="panel-people">         stays as it was left, in this browser
//   <form popover data-edit hx-post=…>             closes and empties when what it says was taken
import { tell } from "./events";

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const opener = target?.closest<HTMLElement>("[data-open-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.openDialog ?? "");
    if (dialog instanceof HTMLDialogElement) dialog.showModal();
  }
  const copier = target?.closest<HTMLElement>("[data-copy]");
  if (copier) void copy(copier.dataset.copy ?? "", copier.dataset.copied ?? "");
  // A click on the darkened page is a click on the dialog itself.
  if (target instanceof HTMLDialogElement && target.open) target.close();
});

async function copy(text: string, said: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  if (said) tell("okno:toast", { text: said });
}

// Which panels are folded says nothing about anybody, so it may stay in the browser's storage.
document.addEventListener(
  "toggle",
  (event) => {
    if (event.target instanceof HTMLDetailsElement && event.target.dataset.remember) {
      localStorage.setItem(`okno:${event.target.dataset.remember}`, event.target.open ? "open" : "folded");
    }
  },
  true,
);

for (const details of document.querySelectorAll<HTMLDetailsElement>("details[data-remember]")) {
  const left = localStorage.getItem(`okno:${details.dataset.remember ?? ""}`);
  if (left) details.open = left === "open";
}

document.addEventListener("htmx:afterRequest", (event) => {
  const { successful } = (event as CustomEvent<{ successful?: boolean }>).detail;
  const form = event.target;
  if (!(form instanceof HTMLFormElement && form.dataset.edit !== undefined && successful)) return;
  form.hidePopover();
  if (form.dataset.edit === "empty") form.reset();
});
