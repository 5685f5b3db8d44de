/** What happened to an appeal, told to the service in batches; and when an appeal has really been seen. */

const BATCH_MS = 400;
const SEEN_MS = 1000;
const STEPS = Array.from({ length: 21 }, (unused, step) => step / 20);

/** @type {Array<{receipt: string, type: string}>} */
let waiting = [];
let timer = 0;

function flush(service) {
  clearTimeout(timer);
  timer = 0;
  const events = waiting.splice(0, 50);
  if (!events.length) return;
  const body = JSON.stringify({ events });
  const address = service + "v1/events";
  // keepalive outlives the page as a beacon does, and keeps the Origin header and cookies under our control.
  if ("keepalive" in Request.prototype) {
    fetch(address, { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => {});
  } else {
    navigator.sendBeacon(address, body);
  }
  if (waiting.length) flush(service);
}

/** Queues one event; everything queued leaves soon, or at once when the page does. */
export function report(service, receipt, type) {
  waiting.push({ receipt, type });
  timer = timer || setTimeout(flush, BATCH_MS, service);
}

/** Sends what is queued when the page is hidden or left. */
export function flushOnLeaving(service, signal) {
  const leave = () => flush(service);
  window.addEventListener("pagehide", leave, { signal });
  document.addEventListener("visibilitychange", () => document.hidden && leave(), { signal });
}

/**
 * Calls back once `element` has been visible for a second without a break: half of it, or half of the window when it
 * is taller than that. A hidden tab starts the second again.
 */
export function whenSeen(element, callback, signal) {
  let visible = false;
  let second = 0;
  const seen = () => {
    observer.disconnect();
    callback();
  };
  const weigh = () => {
    clearTimeout(second);
    second = visible && !document.hidden && !signal.aborted ? setTimeout(seen, SEEN_MS) : 0;
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
