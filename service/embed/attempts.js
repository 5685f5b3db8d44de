/** One choice, one attempt: what was sent first for a choice is what is sent again, from this tab and from any other. */

// Stripe forgets an attempt after a day at the earliest, and would then take the same press for a new one.
const LIFE_MS = 20 * 3600 * 1000;

const mine = new Map();

const nameOf = ({ site }) => "honestybox:" + site + ":attempts";

/** A random UUID, version 4. `crypto.randomUUID` is missing on plain http pages, where random values are not. */
function newAttempt() {
  return "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16));
}

/** Tells two addresses apart without keeping either. */
function mark(text = "") {
  let sum = 0;
  for (const letter of text) sum = (Math.imul(sum, 31) + letter.codePointAt(0)) | 0;
  return sum;
}

const choiceOf = ({ interval, currency, amount_minor: minor, cover_fees: fees, email }) =>
  [interval, currency, minor, Boolean(fees), mark(email)].join();

const fresh = (entry) => Date.now() - entry.at < LIFE_MS;

/** What this browser keeps; nothing where the reader does not agree to that. */
function kept(context) {
  if (!context.consent()) return {};
  try {
    const all = Object.entries(JSON.parse(localStorage.getItem(nameOf(context))) || {});
    return Object.fromEntries(all.filter(([, entry]) => fresh(entry) && entry.body.attempt));
  } catch {
    return {};
  }
}

function keep(all, context) {
  if (!context.consent()) return;
  try {
    if (Object.keys(all).length) localStorage.setItem(nameOf(context), JSON.stringify(all));
    else localStorage.removeItem(nameOf(context));
  } catch {
    // Then each tab has attempts of its own, and the service asks before a second gift.
  }
}

/** Runs while no other tab of this site does the same, where the browser can see to that. */
const alone = (context, act) => (navigator.locks ? navigator.locks.request(nameOf(context), act) : act());

/**
 * What to send for this choice.
 *
 * @param {object} wish the choice
 * @param {object} now site, reader, receipt and return_url, taken only when the choice is a new one
 */
export function attemptFor(wish, now, context) {
  return alone(context, () => {
    const choice = choiceOf(wish);
    const all = kept(context);
    const { email, ...rest } = wish;
    let entry = all[choice] || mine.get(choice);
    if (!entry || !fresh(entry) || entry.body.reader !== now.reader) {
      entry = { at: Date.now(), body: { ...now, ...rest, attempt: newAttempt() } };
    }
    mine.set(choice, entry);
    // The address is the reader's, and has no business in a browser's storage.
    keep({ ...all, [choice]: entry }, context);
    return email ? { ...entry.body, email } : entry.body;
  });
}

/** Adds to what is sent for this choice from now on. */
export function remember(wish, more, context) {
  const choice = choiceOf(wish);
  const entry = mine.get(choice);
  if (!entry) return;
  entry.body = { ...entry.body, ...more };
  keep({ ...kept(context), [choice]: entry }, context);
}

/** Drops the attempt of this choice: it is spent. Another that a tab has put in its place meanwhile stays. */
export function forget(wish, spent, context) {
  const choice = choiceOf(wish);
  mine.delete(choice);
  const { [choice]: entry, ...others } = kept(context);
  if (entry && (!spent || entry.body.attempt === spent.attempt)) keep(others, context);
}

/** Drops every attempt of this browser, once one of them has been paid. */
export function forgetAll(context) {
  keep({}, context);
}
