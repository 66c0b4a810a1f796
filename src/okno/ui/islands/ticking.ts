// Ages grow and clocks run down while a page stays open. Once a minute:
//   <time data-age datetime="…">48 min</time>              while it is younger than a day
//   <span class="clock" data-left="5760">ring<span>1:36</span></span>   seconds left when the page (or row) came
// The words are on <body>: data-age-now, data-age-minutes, data-age-hours, with %s for the number.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Return the age in words, or nothing where the page's own words are better (yesterday, dates). */
export function ageWords(ageMs: number, words: { now: string; minutes: string; hours: string }): string | undefined {
  if (ageMs < MINUTE) return words.now;
  if (ageMs < HOUR) return words.minutes.replace("%s", String(Math.floor(ageMs / MINUTE)));
  if (ageMs < 6 * HOUR) return words.hours.replace("%s", String(Math.floor(ageMs / HOUR)));
  return undefined;
}

/** Return what a clock shows: hours and minutes, with a minus when late; nothing from two days on. */
export function leftWords(seconds: number): string | undefined {
  const whole = Math.abs(seconds);
  if (whole >= 48 * 3600) return undefined;
  const minutes = String(Math.floor((whole % 3600) / 60)).padStart(2, "0");
  return `${seconds < 0 ? "\u2212" : ""}${Math.floor(whole / 3600)}:${minutes}`;
}

// When each clock was first seen; what it showed then was right then.
const seen = new WeakMap<Element, number>();

function tick(): void {
  const { ageNow = "", ageMinutes = "", ageHours = "" } = document.body.dataset;
  for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-age]")) {
    const words = ageWords(Date.now() - Date.parse(time.dateTime), { now: ageNow, minutes: ageMinutes, hours: ageHours });
    if (words && time.textContent !== words) time.textContent = words;
  }
  for (const clock of document.querySelectorAll<HTMLElement>(".clock[data-left]")) {
    const since = seen.get(clock) ?? Date.now();
    seen.set(clock, since);
    const left = Number(clock.dataset.left) - Math.floor((Date.now() - since) / 1000);
    const shown = clock.querySelector("span");
    const words = leftWords(left);
    if (shown && words && shown.textContent !== words) shown.textContent = words;
    if (left < 0) clock.classList.replace("clock-soon", "clock-late");
  }
}

tick();
setInterval(tick, MINUTE / 2);
