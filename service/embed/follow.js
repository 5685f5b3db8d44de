/**
 * Follows a single-page site from one page to the next: the tag notices that the address changed, by the Navigation API or
 * by looking once a second, and patches nothing. Loaded with the first change.
 */
import { readPage } from "./facts.js";

const CALM_MS = 150;
const PATIENCE_MS = 2000;

/** What says where a reader came from, or shows something on the same page, but not which page it is. */
const ASIDE = /^(utm_\w+|[a-z]{0,3}cl(id|src)|dclid|msclkid|twclid|ttclid|igshid|mc_[ce]id|_ga|_gl|[gw]braid|ref|honestybox-preview)$/i;

/** What makes an address another page: its path, its query but for the above, and a fragment that holds a route. */
export function addressOf(href) {
  const url = new URL(href);
  for (const name of [...url.searchParams.keys()]) if (ASIDE.test(name)) url.searchParams.delete(name);
  url.searchParams.sort();
  return url.origin + url.pathname.replace(/(.)\/$/, "$1") + "?" + url.searchParams + (/^#!?\//.test(url.hash) ? url.hash : "");
}

/**
 * Resolves when the new page says of itself that it is this one and has come to rest, at the latest after two seconds; to
 * what is truer than the page by then: its address, where a canonical link still names the page before.
 */
function settled(context, former, signal) {
  const said = () => readPage(document, location, context.dataset).url;
  return new Promise((resolve) => {
    let calm;
    const end = () => {
      watch.disconnect();
      clearTimeout(calm);
      clearTimeout(late);
      context.going = undefined;
      resolve(said() === former && !context.dataset.url ? { url: location.href } : undefined);
    };
    const stir = () => {
      clearTimeout(calm);
      calm = setTimeout(() => said() !== former && end(), CALM_MS);
    };
    const watch = new MutationObserver(stir);
    watch.observe(document, { childList: true, subtree: true, characterData: true, attributes: true });
    const late = setTimeout(end, PATIENCE_MS);
    signal.addEventListener("abort", end);
    stir();
  });
}

/**
 * Called whenever the address is not that of the last page view: asks anew when it is another page's.
 *
 * @param {object} context what the loader lends; `at` is the last page view's address, `page` its facts, and `going` the
 *   address that is being followed until that of the page view is the same
 */
export function follow(context) {
  const { at, going, page, refresh } = context;
  const { href } = location;
  if (href === (going ?? at)) return;
  if (addressOf(href) !== addressOf(going ?? at)) refresh((signal) => settled(context, page?.url, signal));
  context.going = href;
}
