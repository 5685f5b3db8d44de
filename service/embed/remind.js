/** "Write to me then": an e-mail address beside the choices of "remind me later". Loaded when somebody opens them. */
import { make } from "./dom.js";

export const LOOK = `
.remind{margin:0 0 .9em}
.remind label{display:block;color:var(--ink)}
.remind input{display:block;box-sizing:border-box;width:100%;max-width:24em;min-height:2.75em;margin:.3em 0;padding:.3em .7em;border:1px solid var(--edge);border-radius:3px;background:none;color:var(--ink);font:inherit}
.remind input:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.remind p{margin:0}
`;

const LOADING_MS = 10000;

/**
 * The field, once its words are there.
 *
 * @param {object} appeal
 * @param {object} context what the loader lends
 * @returns {Promise<{element: HTMLElement, read: () => object|null|undefined}>} read: what to send and to say, nothing
 *   when no mail is wanted, and null when the address has to be looked at again
 */
export async function mailField({ language }, { service, site, page }) {
  const address = `${service}embed/v1/words/${site}/${language}.json`;
  const answer = await fetch(address, { credentials: "omit", signal: AbortSignal.timeout(LOADING_MS) });
  if (!answer.ok) throw new Error("HTTP " + answer.status);
  const { words } = await answer.json();
  const problem = make("p", { class: "problem", id: "remind-problem", "aria-live": "assertive" });
  const input = make("input", {
    type: "email", id: "remind", autocomplete: "email", maxlength: 254, "aria-describedby": "remind-note remind-problem",
    oninput: () => complain(""),
  });
  const complain = (text) => {
    problem.textContent = text;
    input.ariaInvalid = text ? "true" : null;
  };
  const read = () => {
    const email = input.value.trim();
    if (!email && input.checkValidity()) return undefined;
    if (input.checkValidity()) return { wish: { email, url: page.url, language }, said: words.reminder_sent };
    complain(words.email_unclear);
    input.focus();
    return null;
  };
  const note = make("p", { id: "remind-note" }, words.reminder_note);
  return { element: make("div", { class: "remind" }, make("label", { for: "remind" }, words.reminder_label), input, note, problem), read };
}
