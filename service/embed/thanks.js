/** What a reader finds on coming back from the payment page. */
import { forgetAll } from "./attempts.js";
import { closeButton, newBox } from "./box.js";
import { make } from "./dom.js";
import { overPage } from "./over.js";
import { findPlace } from "./place.js";

/** The place where this reader was asked, if they were asked inside the article and it is not in view yet. */
function askedAt() {
  try {
    const point = findPlace(JSON.parse(sessionStorage.getItem("honestybox:place")));
    sessionStorage.removeItem("honestybox:place");
    return point && scrollY < 50 && point.still() ? point : null;
  } catch (refused) {
    return null;
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 50));

async function wordsFor(language, { service, site }) {
  const address = service + "embed/v1/words/" + site + "/" + (language || "default") + ".json";
  const answer = await fetch(address, { credentials: "omit" });
  if (!answer.ok) throw new Error("no words: HTTP " + answer.status);
  return answer.json();
}

/** Drops what this browser keeps of a reader who was forgotten on our page, if it is the one whose token ends so. */
function forget(end, { site }) {
  try {
    if (end.length < 16 || !(localStorage.getItem("honestybox:" + site) ?? "").endsWith(end)) return;
    for (const name of Object.keys(localStorage)) {
      if (name === "honestybox:" + site || name.startsWith("honestybox:" + site + ":")) localStorage.removeItem(name);
    }
  } catch (refused) {
    // it keeps nothing
  }
}

/**
 * Thanks the reader where they were asked, else in a strip at the top of the window.
 *
 * @param {string|null} pageLanguage as far as the page says one
 * @param {object} context what the loader lends
 * @param {AbortSignal} signal ends the page view
 */
export async function thank(pageLanguage, context, signal) {
  let outcome = location.hash.split("=")[1];
  history.replaceState(history.state, "", location.pathname + location.search);
  if (outcome.startsWith("supporter")) {
    const { recognise } = await import("./recognise.js");
    outcome = await recognise(outcome.split(".")[1] || "", context);
  }
  const [, forgotten] = outcome.split("forgotten.");
  if (forgotten) return forget(forgotten, context);
  // Until then an attempt is worth keeping: pressed again, it leads to its payment and not to a second one.
  if (outcome === "paid" || outcome === "pending") forgetAll(context);
  const { language, direction, words, theme } = await wordsFor(pageLanguage, context);
  if (theme) await import("./theme.js").then(({ furnish }) => furnish(theme), () => {});
  const title = words["thanks_" + outcome + "_heading"];
  if (signal.aborted || !title) return;
  const point = askedAt();
  const box = newBox();
  const panel = box.frame({ placement: point ? "inline" : "banner", language, direction, theme: context.dataset.theme });
  const region = make("div", { class: "words", role: "status" });
  panel.append(closeButton(words, () => box.remove()), region);
  signal.addEventListener("abort", () => box.remove());
  box.place(point || overPage());
  // A live region says only what is put into it after it is there.
  await pause();
  region.append(make("h2", { id: "heading" }, title), make("div", { class: "copy" }, make("p", {}, words["thanks_" + outcome])));
  // Grown first and scrolled to later, it pushes what follows while nobody sees that.
  await pause();
  if (point) box.scrollIntoView({ block: "center" });
  context.announce("thanked", { outcome }, box);
}
