/** Whether the article is open: the gate where it is not, and what search engines are told. Loaded only for one of these. */

/** A script element for data. Trusted Types want to approve the text of any, but of none that has run: so, of our tag's. */
function dataBlock({ dataset }) {
  const tag = [...document.scripts].find((script) => script.dataset === dataset);
  const block = (tag || document.createElement("script")).cloneNode();
  block.getAttributeNames().forEach((name) => block.removeAttribute(name));
  block.type = "application/ld+json";
  return block;
}

/** What Google calls markup of paywalled content, for as long as the page view lasts. */
function markUp({ selector }, context, signal) {
  const block = dataBlock(context);
  block.append(JSON.stringify({
    "@context": "https://schema.org", "@type": "NewsArticle", mainEntityOfPage: context.page.url, isAccessibleForFree: false,
    hasPart: { "@type": "WebPageElement", isAccessibleForFree: false, cssSelector: selector },
  }));
  document.head.append(block);
  signal.addEventListener("abort", () => block.remove());
}

/**
 * Shows what was decided: the gate, with its appeal or without one, and the other appeals.
 *
 * @param {{access: object, appeals: object[]}} decision
 * @param {object} context what the loader lends
 * @param {AbortSignal} signal ends the page view, and opens the article again
 */
export async function show({ access, appeals }, context, signal) {
  const look = access.gate?.theme;
  const [{ gateOf }, { show: ask }, theme] = await Promise.all([
    !access.granted && import("./gate.js"), appeals.length && import("./appeal.js"),
    look && import("./theme.js").catch(() => null),
  ]);
  if (signal.aborted) return;
  theme?.furnish(look);
  if (access.markup) markUp(access.markup, context, signal);
  const gate = gateOf?.(access, context, signal);
  const others = appeals.filter(({ placement }) => placement !== "gate");
  if (gate && others.length === appeals.length) gate.stand();
  await ask?.({ appeals: gate ? appeals : others }, { ...context, gate }, signal);
}
