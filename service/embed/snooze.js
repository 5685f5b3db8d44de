/** "Not ready today? Remind me later": the choices, and what is said afterwards. */
import { fill, make } from "./dom.js";

/**
 * The quiet row at the foot of an appeal; null when the site offers nothing to choose.
 *
 * @param {object} appeal
 * @param {(days: number) => void} choose
 * @returns {HTMLElement|null}
 */
export function reminder({ snooze, words }, choose) {
  if (!snooze || !snooze.choices.length) return null;
  const choices = make("div", { class: "choices", role: "group", "aria-label": words.snooze_label, hidden: true },
    make("p", {}, words.snooze_label), ...snooze.choices.map(({ days, label }) =>
      make("button", {
        type: "button", class: days === snooze.default_days ? "choice default" : "choice", onclick: () => choose(days),
      }, label)));
  const toggle = make("button", {
    type: "button", class: "quiet", "aria-expanded": "false", onclick: () => {
      choices.hidden = !choices.hidden;
      toggle.setAttribute("aria-expanded", String(!choices.hidden));
    },
  }, words.remind_me_later);
  return make("div", { class: "later" }, make("p", {}, make("span", {}, words.not_ready), " ", toggle), choices);
}

/** "We will not ask again before 29 November": the reader's own day, and the year only when it is another one. */
export function promise({ language, words }, until, now = new Date()) {
  const day = new Date(until);
  const year = day.getFullYear() === now.getFullYear() ? undefined : "numeric";
  // A reader whose browser says en-GB reads "29 November", one with en-US "November 29".
  const locale = (navigator.languages || []).find((one) => one.split("-")[0] === language.split("-")[0]) || language;
  const date = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year }).format(day);
  return fill(words.snoozed, { date }).replace("..", "."); // a date may bring its own full stop: "2031 г."
}
