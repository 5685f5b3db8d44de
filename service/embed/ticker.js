/** How far a campaign has come towards its goal. Nothing where nobody knows. */
import { make } from "./dom.js";
import { dated } from "./snooze.js";

/**
 * @param {object} appeal
 * @param {object} context what the loader lends
 * @param {number} patience in milliseconds
 * @returns {Promise<HTMLElement|null>}
 */
export async function ticker({ campaign, language }, { service, site }, patience) {
  const address = `${service}embed/v1/tickers/${site}/${campaign}/${language}.json`;
  const answer = await fetch(address, { credentials: "omit", signal: AbortSignal.timeout(patience) });
  if (!answer.ok) throw new Error("no ticker: HTTP " + answer.status);
  const { ticker: told } = await answer.json();
  if (!told) return null;
  const { text, percent, percent_label: label, until, until_text: end } = told;
  const fill = make("i");
  fill.style.width = percent + "%";
  return make("div", { class: "ticker" },
    make("p", {}, make("b", { id: "ticker" }, text), until && make("span", {}, dated(end, until, language))),
    make("div", {
      class: "bar", role: "progressbar", "aria-labelledby": "ticker", "aria-valuemin": 0, "aria-valuemax": 100,
      "aria-valuenow": percent, "aria-valuetext": label,
    }, fill));
}
