/** From a press of Continue to the payment: on Stripe's page, or in a dialog over the article. */
import { attemptFor, forget, remember } from "./attempts.js";
import { load } from "./dom.js";

const PATIENCE_MS = 20000;

/** What the form says about a failure; every sentence is true whether or not Stripe was reached. */
function said({ status, field, message }, words) {
  if (field === "email") return { problem: words.email_unclear };
  if (status === 422) return { problem: message, written: true };
  if (status === 429) return { problem: message };
  if (field === "already_given") return { problem: message, again: true };
  if (field === "check") return { problem: words.check_missing };
  return { problem: status < 500 ? words.try_again : words.stripe_unavailable };
}

/** Where to thank, when the reader comes back from the payment page in this tab. */
function askedHere({ placement, place }) {
  try {
    sessionStorage.setItem("honestybox:place", JSON.stringify(placement === "inline" ? place : {}));
  } catch (refused) {
    // Then the thanks come as a strip.
  }
}

class Checkout {
  #wish;
  #appeal;
  #context;
  #told;

  constructor(wish, appeal, context, told) {
    this.#wish = wish;
    this.#appeal = appeal;
    this.#context = context;
    this.#told = told;
  }

  /**
   * The service's answer. One choice is one attempt, however often and in however many tabs it is sent; a spent attempt
   * is replaced once.
   */
  async #ask(more, replaced) {
    const { site, post, reader, page, visit } = this.#context;
    const attempt = await attemptFor(this.#wish, {
      site, reader: reader(), receipt: this.#appeal.receipt, device: visit?.device, section: page?.section,
      return_url: location.href.split("#")[0],
    }, this.#context);
    try {
      return await post("v1/contributions", { ...attempt, ...more }, AbortSignal.timeout(PATIENCE_MS));
    } catch (failure) {
      if (failure.status === 409 && failure.field === "attempt" && !replaced) {
        forget(this.#wish, attempt, this.#context);
        return this.#ask(more, true);
      }
      if (failure.check && !more.check) return this.#prove(failure.check, more);
      throw failure;
    }
  }

  /** Asks again with a proof that a human asks; null when they would rather not. */
  async #prove(wanted, more) {
    const { prove } = await load("human");
    const check = await prove(wanted, this.#appeal, this.#context, this.#told);
    return check && this.#ask({ ...more, check });
  }

  async go(more) {
    const answer = await this.#ask(more);
    if (!answer) return { back: true };
    if (answer.client_secret) return this.#here(answer, more);
    const { checkout_url: address } = answer;
    if (!/^https?:/.test(address)) throw new Error("not an address: " + address);
    askedHere(this.#appeal);
    location.assign(address);
    await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS)); // the page has gone by then
    return {};
  }

  /** Pays on this page, or on Stripe's where the page does not let its script work. */
  async #here(answer, more) {
    try {
      const { payHere } = await load("embedded");
      const outcome = await payHere(answer, this.#appeal, this.#context, this.#told);
      if (outcome && outcome !== "unverified") forget(this.#wish, null, this.#context);
      return { back: !outcome };
    } catch (failure) {
      this.#context.announce("error", { message: "Paying on this page failed: " + failure });
      this.#told.say(this.#appeal.words.pay_elsewhere);
      remember(this.#wish, { hosted: true }, this.#context);
      return this.go({ ...more, hosted: true });
    }
  }
}

/**
 * Leads one reader to pay.
 *
 * @param {object} wish interval, currency, amount_minor, and what the form's extras add
 * @param {boolean} again the reader knows that they have just given
 * @returns {Promise<{back?: boolean, problem?: string, written?: boolean, again?: boolean}>} `back`:
 *   nothing was paid, and the form has the reader's attention again; `written`: the amount is what is wrong
 */
export function begin(wish, again, appeal, context, told) {
  const checkout = new Checkout(wish, appeal, context, told);
  return checkout.go(again ? { again } : {}).catch((failure) => said(failure, appeal.words));
}
