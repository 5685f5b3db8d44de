/** What happened to an appeal, told to the service in batches; and when an appeal has really been seen. */

const BATCH_MS = 400;
const AGAIN_MS = 5000;
const LONGEST_MS = 300000;
const MOST_WAITING = 200;
const SEEN_MS = 1000;
const STEPS = Array.from({ length: 21 }, (unused, step) => step / 20);

let waiting = [];
let timer = 0;
let failures = 0;
let address = "";
let where = {};

/** A line that is down, or a service that has no time, gets the same events again: it knows those that it has. */
function later(events) {
  waiting = [...events, ...waiting].slice(0, MOST_WAITING);
  failures += 1;
  clearTimeout(timer);
  timer = setTimeout(flush, Math.min(AGAIN_MS * 2 ** failures, LONGEST_MS));
}

function flush() {
  clearTimeout(timer);
  timer = 0;
  const events = waiting.splice(0, 50);
  if (!events.length) return;
  const body = JSON.stringify({ events, ...where });
  // keepalive outlives the page as a beacon does, and keeps the Origin header and cookies under our control.
  if ("keepalive" in Request.prototype) {
    fetch(address, { method: "POST", body, keepalive: true, credentials: "omit" }).then(({ status }) => {
      if (status < 500 && status !== 429) failures = 0;
      else later(events);
    }, () => later(events));
  } else {
    navigator.sendBeacon(address, body);
  }
}

window.addEventListener("pagehide", flush);
window.addEventListener("online", flush);
document.addEventListener("visibilitychange", flush);

/**
 * Queues one event. Everything queued leaves soon, or at once when the page does.
 *
 * @param {object} context where to, and the page that the reader is on
 * @param {string} receipt the appeal's
 * @param {"seen"|"clicked"|"dismissed"} type
 */
export function report({ service, page, visit }, receipt, type) {
  address = service + "v1/events";
  where = { device: visit?.device, section: page?.section };
  waiting.push({ receipt, type });
  timer = timer || setTimeout(flush, BATCH_MS);
}

/**
 * Calls back once `element` has been visible for a second without a break: half of it, or half of the window when it
 * is taller than that. A hidden tab starts the second again.
 */
export function whenSeen(element, callback, signal) {
  let visible = false;
  let second = 0;
  const weigh = () => {
    clearTimeout(second);
    if (visible && !document.hidden) second = setTimeout(callback, SEEN_MS);
  };
  const observer = new IntersectionObserver((entries) => {
    const { boundingClientRect: box, intersectionRect: part } = entries[entries.length - 1];
    const enough = part.height > 0 && part.width >= box.width / 2 && part.height >= Math.min(box.height, innerHeight) / 2;
    if (enough === visible) return;
    visible = enough;
    weigh();
  }, { threshold: STEPS });
  observer.observe(element);
  document.addEventListener("visibilitychange", weigh, { signal });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    clearTimeout(second);
  });
}
