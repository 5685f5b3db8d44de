/** The moment when an appeal may come up: some seconds of reading, some part of the article. It moves nothing by itself. */

const TICK_MS = 250;

/** How much of the article, or of a page without one, is above the lower edge of the window: 0 to 1. */
function depth() {
  const article = document.querySelector("article") || document.querySelector("main") || document.documentElement;
  const { top, height } = article.getBoundingClientRect();
  return height ? Math.min(1, (innerHeight - top) / height) : 1;
}

/**
 * Resolves when all that is asked for has happened, or when the box's life ends.
 *
 * @param {{reading_seconds: number, scroll: number}} wanted reading: seconds with the page in view
 * @param {AbortSignal} signal
 */
export function come({ reading_seconds: seconds, scroll }, signal) {
  let left = seconds * 1000;
  let deepest = 0;
  return new Promise((resolve) => {
    const end = new AbortController();
    const look = () => {
      deepest = Math.max(deepest, depth());
      if (!signal.aborted && (left > 0 || deepest < scroll)) return;
      end.abort();
      clearInterval(timer);
      resolve();
    };
    const timer = seconds && setInterval(() => {
      if (document.hidden || (left -= TICK_MS) > 0) return;
      clearInterval(timer);
      look();
    }, TICK_MS);
    addEventListener("scroll", look, { passive: true, signal: end.signal });
    signal.addEventListener("abort", look);
    look();
  });
}
