/** Stripe's checkout in a dialog over the article, for sites that want readers to stay. */
import { make } from "./dom.js";
import { Pane } from "./pane.js";
import { loadScript } from "./script.js";

const SCRIPT_MS = 8000;
const CHECKOUT_MS = 12000;
// Stripe's script may know of a payment a moment before Stripe's API tells us of it.
const VERIFY_AFTER_MS = [0, 1000, 2000];

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Rejects when the page's policy keeps one of Stripe's frames out: the reader would look at nothing. */
function refused(scriptUrl, signal) {
  const ours = (uri) => {
    try {
      return new URL(uri).host === new URL(scriptUrl).host || /(^|\.)stripe\.com$/.test(new URL(uri).hostname);
    } catch {
      return false; // "inline", "eval" and the like
    }
  };
  return new Promise((resolve, reject) => {
    document.addEventListener("securitypolicyviolation", ({ disposition, effectiveDirective, blockedURI }) => {
      const frames = /^(frame|child|connect|default)-src/.test(effectiveDirective);
      if (disposition === "enforce" && frames && ours(blockedURI)) reject(new Error(effectiveDirective + " keeps Stripe out"));
    }, { signal });
  });
}

/** What became of the payment, by our own look at Stripe; "unverified" when that cannot be had now. */
async function verify(session, { post, site, reader, page, announce }) {
  for (const wait of VERIFY_AFTER_MS) {
    await pause(wait);
    try {
      const answer = await post("v1/contributions/outcome", { site, reader: reader(), session, url: page.url });
      if (answer.outcome !== "unverified") return answer;
    } catch (failure) {
      announce("error", { message: "The payment could not be verified yet: " + failure, status: failure.status });
    }
  }
  return { outcome: "unverified" };
}

/** What the appeal leaves behind, once its reader has given and closed the dialog. */
function settle({ outcome, access }, { placement, words }, { gate }, { box, settled }) {
  settled();
  if (placement === "gate") {
    gate.open(access || { granted: true, reason: "supporter" });
    return;
  }
  if (placement !== "inline") {
    box.remove();
    return;
  }
  const said = make("p", { class: "said", id: "heading", tabindex: -1 }, words["thanks_" + outcome + "_heading"]);
  [...box.panel.childNodes].filter((node) => !node.matches(".close")).forEach((node) => node.remove());
  box.panel.append(said);
  said.focus({ preventScroll: true });
}

/**
 * Lets the reader pay over the article. Resolves to the outcome ("paid", "pending", "unverified"), or to null when they
 * left without paying. Throws when Stripe's script or its frames cannot be had here.
 *
 * @param {{client_secret: string, publishable_key: string, script_url: string}} answer the service's
 */
export async function payHere(answer, appeal, context, told) {
  const { words } = appeal;
  const { client_secret: secret, publishable_key: key, script_url: scriptUrl } = answer;
  const Stripe = await loadScript(scriptUrl, () => window.Stripe, context, SCRIPT_MS);
  const leaving = new AbortController();
  told.box.life.addEventListener("abort", () => leaving.abort(), { signal: leaving.signal });
  const pane = new Pane(appeal, context, { title: words.pay_title, question: words.pay_leave }, leaving.signal);
  const blocked = refused(scriptUrl, leaving.signal);
  const paid = new Promise((resolve) => (answer.onComplete = resolve));
  const dialog = told.box.panel.localName === "dialog" && told.box.panel;
  let checkout;
  try {
    // The appeal's own modal dialog would lie over all of this.
    if (dialog) dialog.close();
    pane.open();
    const stripe = Stripe(key);
    const create = (stripe.createEmbeddedCheckoutPage || stripe.initEmbeddedCheckout).bind(stripe);
    checkout = await Promise.race([
      create({ fetchClientSecret: async () => secret, onComplete: answer.onComplete }), blocked,
      pause(CHECKOUT_MS).then(() => Promise.reject(new Error("Stripe's checkout is too slow"))),
    ]);
    checkout.mount(pane.place);
    pane.ready();
    const left = await Promise.race([paid.then(() => false), pane.closed.then(() => true), blocked]);
    if (left) return null;
    return await thank(checkout, secret.split("_secret_")[0], pane, appeal, context, told);
  } finally {
    leaving.abort();
    checkout?.destroy();
    pane.close();
    if (dialog?.isConnected) dialog.showModal();
  }
}

async function thank(checkout, session, pane, appeal, context, told) {
  const { words } = appeal;
  pane.waiting();
  const answer = await verify(session, context);
  const { outcome } = answer;
  context.announce("thanked", { outcome });
  pane.end(words["thanks_" + outcome + "_heading"], words["thanks_" + outcome]);
  await pane.closed;
  settle(answer, appeal, context, told);
  return outcome;
}
