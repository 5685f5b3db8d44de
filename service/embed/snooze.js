/** "Not ready today? Remind me later": the choices, among them never, and what is said afterwards. */
import { fill, load, make } from "./dom.js";

const PATIENCE_MS = 400; // what opens later than this would move what the reader has begun to read

/** The field for a mail, where the site offers one and it comes in time; nothing otherwise, until they open it again. */
const mailField = (appeal, { context, box }) => Promise.race([
  new Promise((resolve) => setTimeout(resolve, PATIENCE_MS)),
  load("remind").then(({ LOOK, mailField }) => {
    box.wear(LOOK);
    return mailField(appeal, context);
  }),
]).catch((failure) => context.announce("error", { message: failure + "" }));

/**
 * The quiet row at the foot of an appeal; null when the site offers nothing to choose.
 *
 * @param {object} appeal
 * @param {(choice: {days: number, mail?: object}|{never: true}) => void} choose
 * @param {{context: object, box: HTMLElement}} around
 * @returns {HTMLElement|null}
 */
export function reminder(appeal, choose, around) {
  const { snooze, words } = appeal;
  if (!snooze?.never && !snooze?.choices.length) return null;
  let mail;
  const later = (days) => {
    const wish = mail?.read();
    if (wish !== null) choose({ days, mail: wish });
  };
  const choice = (label, style, onclick) => make("button", { type: "button", class: style, onclick }, label);
  const choices = make("div", { class: "choices", role: "group", "aria-label": words.snooze_label, hidden: true },
    make("p", {}, words.snooze_label), ...snooze.choices.map(({ days, label }) =>
      choice(label, days === snooze.default_days ? "choice default" : "choice", () => later(days))),
    snooze.never && choice(words.never_ask_again, "quiet", () => choose({ never: true })));
  const toggle = make("button", {
    type: "button", class: "quiet", "aria-expanded": "false", onclick: async () => {
      if (choices.hidden && snooze.mails && !mail) {
        mail = await mailField(appeal, around);
        if (mail) choices.prepend(mail.element);
      }
      choices.hidden = !choices.hidden;
      toggle.setAttribute("aria-expanded", String(!choices.hidden));
    },
  }, words.remind_me_later);
  return make("div", { class: "later" }, make("p", {}, make("span", {}, words.not_ready), " ", toggle), choices);
}

/** The text with its {date}, "29 November": the reader's own day, and the year only when it is another one. */
export function dated(text, moment, language, now = new Date()) {
  const day = new Date(moment);
  const year = day.getFullYear() === now.getFullYear() ? undefined : "numeric";
  // A reader whose browser says en-GB reads "29 November", one with en-US "November 29".
  const locale = (navigator.languages || []).find((one) => one.split("-")[0] === language.split("-")[0]) || language;
  const date = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year }).format(day);
  return fill(text, { date }).replace("..", "."); // a date may bring its own full stop: "2031 г."
}

/** "We will not ask again before 29 November", or ever. */
export function promise({ language, words }, until) {
  return until ? dated(words.snoozed, until, language) : words.never_promise;
}
