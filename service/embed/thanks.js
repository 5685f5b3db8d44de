/** What a reader finds on coming back from the payment page. */
import { closeButton, newBox } from "./box.js";
import { make } from "./dom.js";
import { findPlace } from "./place.js";

/** The place where this reader was asked, if they were asked inside the article and it is not in view yet. */
function askedAt() {
  let place = null;
  try {
    place = JSON.parse(sessionStorage.getItem("honestybox:place"));
    sessionStorage.removeItem("honestybox:place");
  } catch (refused) {
    return null;
  }
  const point = findPlace(place);
  return point && scrollY < 50 && point.still() ? point : null;
}

/**
 * Thanks the reader where they were asked, else in a strip at the top of the window.
 *
 * @param {"paid"|"pending"|"unverified"} outcome
 * @param {string|null} language the page's, as far as it says one
 * @param {object} context what the loader lends
 * @returns {Promise<HTMLElement>}
 */
export async function thank(outcome, language, context) {
  const { service, site, announce, theme } = context;
  const address = [site, language || "default"].map(encodeURIComponent).join("/");
  const answer = await fetch(service + "embed/v1/words/" + address + ".json", { credentials: "omit" });
  if (!answer.ok) throw new Error("no words: HTTP " + answer.status);
  const said = await answer.json();
  const point = askedAt();
  const box = newBox();
  const panel = box.frame({
    placement: point ? "inline" : "banner", edge: "top", language: said.language, direction: said.direction, theme: theme(),
  });
  const heading = make("h2", { id: "heading", tabindex: -1 }, said.words["thanks_" + outcome + "_heading"]);
  const words = make("div", { class: "words", role: "status" });
  panel.classList.add("thanks");
  panel.append(closeButton(said.words, () => box.remove()), words);
  if (point) box.place(point.put, point.anchor);
  else box.place();
  // A live region says only what is put into it after it is there.
  await new Promise((resolve) => setTimeout(resolve, 50));
  words.append(heading, make("div", { class: "copy" }, make("p", {}, said.words["thanks_" + outcome])));
  if (point) box.scrollIntoView({ block: "center" });
  announce("thanked", { outcome }, box);
  return box;
}
