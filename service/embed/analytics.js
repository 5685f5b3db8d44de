/**
 * Hands what happens to the analytics that the page has already; nothing is loaded from anywhere, and nothing goes out
 * without the reader's consent or against their browser's Global Privacy Control.
 *
 * data-analytics   "dataLayer" (or "dataLayer:itsName") for a tag manager, "ga4" (or "ga4:G-XXXX") for gtag; or both
 */

const EVENTS = [
  "decision", "shown", "seen", "clicked", "dismissed", "snoozed", "subscribed", "gated", "opened", "thanked", "error",
];

/** What may be told: no receipt, token, address or message, and nothing that the reader wrote. */
const FACTS = ["campaign", "variant", "placement", "days", "never", "reason", "used", "allowance", "outcome", "status", "newsletter"];

const plain = (value) => ["string", "number", "boolean"].includes(typeof value);

/** The facts of one event, under the names that they go out with. */
function factsOf(name, detail) {
  const { access, appeals } = detail.response ?? {};
  const said = name === "decision" ? { reason: access?.reason, used: access?.used, allowance: access?.allowance } : detail;
  const facts = Object.fromEntries(FACTS.filter((fact) => plain(said[fact])).map((fact) => [fact, said[fact]]));
  return name === "decision" ? { ...facts, appeals: appeals?.length ?? 0 } : facts;
}

/** The page's own list, made where it is not there yet: whoever comes later finds what was put into it. */
function layer(name) {
  window[name] ??= [];
  return window[name];
}

function gtag(...given) {
  if (typeof window.gtag === "function") {
    window.gtag(...given);
    return;
  }
  // As Google's own snippet has it: an arguments object, for an array means something else there.
  (function queue() {
    layer("dataLayer").push(arguments);
  })(...given);
}

const ADAPTERS = {
  // A tag manager merges what it is given into what it has; without _clear, one appeal's facts would stay for the next.
  dataLayer: (event, facts, name) => layer(name || "dataLayer").push({ event, honestybox: facts, _clear: true }),
  ga4: (event, facts, id) => gtag("event", event, id ? { ...facts, send_to: id } : facts),
};

/** True when this may be told to others: the reader agrees, and their browser does not say otherwise. */
const mayTell = ({ consent }) => consent() && navigator.globalPrivacyControl !== true;

/**
 * Passes every event on, for as long as the tag lives.
 *
 * @param {object} context what the loader lends
 */
export function pass(context) {
  const { dataset, life, announce } = context;
  const chosen = dataset.analytics.split(/[\s,]+/).filter(Boolean).map((text) => text.split(":"));
  for (const [adapter, name] of chosen) {
    if (!Object.hasOwn(ADAPTERS, adapter)) {
      announce("error", { message: 'data-analytics="' + adapter + '" is not known: write dataLayer or ga4' });
      continue;
    }
    for (const event of EVENTS) {
      document.addEventListener("honestybox:" + event, ({ detail }) => {
        try {
          if (mayTell(context)) ADAPTERS[adapter]("honestybox_" + event, factsOf(event, detail ?? {}), name);
        } catch {
          // Their analytics' failure is not ours, and an error about it would come back to them.
        }
      }, life);
    }
  }
}
