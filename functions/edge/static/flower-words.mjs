// What the page says: the words of all languages stand in the page, the reader chooses one.

const WORDS = JSON.parse(document.getElementById("words").textContent);
const CHOICE = "kalit language";
const LOCALES = { en: "en-GB", ru: "ru-RU", uz: "uz-Latn-UZ" };

export const language = () => document.documentElement.lang;
export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The text of a key in the chosen language; its `{names}` are filled from `values`. */
export function say(key, values = {}) {
  const text = WORDS[key][language()] || WORDS[key].default;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Write whatever stands in the page already in another language. */
export function choose(chosen) {
  document.documentElement.lang = chosen;
  localStorage.setItem(CHOICE, chosen);
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", say(element.dataset.label));
  }
  for (const button of document.querySelectorAll("[data-do=language]")) {
    button.setAttribute("aria-pressed", button.dataset.value === chosen);
  }
}

/** What was chosen on an earlier visit goes before what the browser asks for. */
export function chooseAsBefore() {
  const chosen = localStorage.getItem(CHOICE);
  if (chosen in LOCALES) choose(chosen);
}

export const number = (value) => value.toLocaleString(LOCALES[language()]);

export const percent = (share) =>
  share === null ? "–" : share.toLocaleString(LOCALES[language()], { style: "percent", maximumFractionDigits: 1 });

/** A moment in the reader's zone: the time of day, and the date unless it is today. */
export function moment(iso, { seconds = true } = {}) {
  const when = new Date(iso);
  const today = when.toDateString() === new Date().toDateString();
  return when.toLocaleString(LOCALES[language()], {
    ...(today ? {} : { day: "numeric", month: "short" }),
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
  });
}

/** Seconds in the largest unit that they fill, and the one below it from an hour on. */
export function duration(seconds) {
  if (seconds < 1) return unit(Math.round(seconds * 1000), "millisecond");
  if (seconds < 60) return unit(seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds), "second");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return unit(minutes, "minute");
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${unit(hours, "hour")} ${unit(minutes % 60, "minute")}`;
  return `${unit(Math.floor(hours / 24), "day")} ${unit(hours % 24, "hour")}`;
}

function unit(value, name) {
  return value.toLocaleString(LOCALES[language()], { style: "unit", unit: name, unitDisplay: "short" });
}
