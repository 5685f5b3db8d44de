/** What follows once a gated article is to be open: asking the service for it, and reading on. Loaded only then. */

/** Reading goes on at this element, for keyboards and screen readers too. */
export function readOnAt(element) {
  if (!element.hasAttribute("tabindex")) {
    element.tabIndex = -1;
    element.addEventListener("blur", () => element.removeAttribute("tabindex"), { once: true });
  }
  element.focus({ preventScroll: true });
  if (element.getBoundingClientRect().top < 0) element.scrollIntoView();
}

/**
 * Asks for the rest of the article, for today.
 *
 * @param {object} access the decision's, with its `gate`
 * @param {(facts: object) => Promise<void>} open gives it back
 * @param {object} context what the loader lends
 * @param {AbortSignal} signal ends the page view
 * @returns {Promise<string>} what to say when it could not be put off; nothing when it was
 */
export async function putOff({ gate: { words } }, open, { post, site, reader, page: { url }, announce }, signal) {
  try {
    const { access, until } = await post("v1/access/later", { site, reader: reader(), url }, signal);
    await open({ ...access, until });
    return "";
  } catch (failure) {
    if (signal.aborted) return "";
    announce("error", { message: failure + "", status: failure.status });
    return failure.status === 409 ? words.gate_later_spent : words.try_again;
  }
}
