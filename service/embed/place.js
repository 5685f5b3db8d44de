/** Where an appeal goes into the page, and when it may, so that nothing the reader is looking at moves. */

/** Where the page itself says that an appeal is to go: behind an empty element of ours, or at the end of one of its own. */
function ownPlace() {
  const marks = document.querySelectorAll("honesty-box[placement=inline],[data-honestybox=inline]");
  const anchor = [...marks].find((mark) => !mark.panel);
  return anchor && { anchor, position: anchor.localName === "honesty-box" ? "after" : "end" };
}

/** What the config says, or null when the page has no such place. */
function configured(place) {
  try {
    const anchor = document.querySelector(place.selector);
    return anchor && { anchor, position: place.position };
  } catch (unreadable) {
    return null; // a selector this browser does not know is a place this page does not have
  }
}

/**
 * The point in the page, or null when the page has no such place. What the page says wins over the config.
 *
 * @param {{selector?: string, position?: "end"|"after"}} [place] without a position when nobody was asked in the page
 */
export function findPlace(place) {
  const found = place?.position && (ownPlace() || configured(place));
  if (!found) return null;
  const { anchor, position } = found;
  return {
    anchor,
    put: (element) => (position === "after" ? anchor.after(element) : anchor.append(element)),
    /** Goes once it has been scrolled away from; above the window it stays, since going would move what is being read. */
    leave: (element) => new IntersectionObserver(([{ isIntersecting, boundingClientRect }]) => {
      if (!isIntersecting && boundingClientRect.top > 0) element.remove();
    }).observe(element),
    /** True while growing here moves nothing that shows: below the window, or at the end of a page that scrolls. */
    still: () => {
      const { bottom } = anchor.getBoundingClientRect();
      return bottom >= innerHeight
        || (bottom > 0 && document.documentElement.scrollHeight > innerHeight && nothingFollows(anchor));
    },
  };
}

/** True when nothing that shows in the window comes after the element. */
function nothingFollows(element) {
  for (let node = element; node && node !== document.body; node = node.parentElement) {
    for (let next = node.nextElementSibling; next; next = next.nextElementSibling) {
      const box = next.getBoundingClientRect();
      if (box.height && box.top < innerHeight && getComputedStyle(next).position !== "fixed") return false;
    }
  }
  return true;
}

/**
 * Calls `insert` as soon as the place is still: at once, after the page has grown, when the reader scrolls back up, or
 * never. (Above the window would do where browsers anchor scrolling, but nobody would see it there.)
 */
export function whenStill(place, insert, signal) {
  const waiting = new AbortController();
  let frame = 0;
  const look = () => {
    frame = 0;
    if (waiting.signal.aborted || !place.anchor.isConnected || !place.still()) return;
    waiting.abort();
    insert();
  };
  const later = () => {
    frame = frame || requestAnimationFrame(look);
  };
  const growth = new ResizeObserver(later);
  waiting.signal.addEventListener("abort", () => growth.disconnect());
  signal.addEventListener("abort", () => waiting.abort());
  window.addEventListener("scroll", later, { signal: waiting.signal, passive: true, capture: true });
  window.addEventListener("resize", later, { signal: waiting.signal });
  growth.observe(document.body);
  look();
}
