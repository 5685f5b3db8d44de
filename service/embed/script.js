/** Somebody else's script, loaded only once the reader has done something that needs it. */

// Where a page has Trusted Types, its policy must list this name, as in `trusted-types honestybox`.
const POLICY = "honestybox";
const ALLOWED = /^https:\/\/(js\.stripe\.com|challenges\.cloudflare\.com|(js\.)?hcaptcha\.com)\//;

let policy;

/** The address as the page's own rules want it; throws for one that is none of the above. */
function approved(url, { service }) {
  // The demo's own service has what stands in for Stripe beside it, on another port.
  const ours = new URL(url).hostname === new URL(service).hostname;
  if (!ours && !ALLOWED.test(url)) throw new Error("not a script of ours or of Stripe's: " + url);
  policy ??= window.trustedTypes?.createPolicy(POLICY, { createScriptURL: (text) => text });
  return policy ? policy.createScriptURL(url) : url;
}

/** Resolves to what the script makes, at the latest after `patience` milliseconds; rejects when there is none. */
export function loadScript(url, made, context, patience) {
  if (made()) return Promise.resolve(made());
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const end = (reason) => {
      clearTimeout(timer);
      if (made()) {
        resolve(made());
      } else {
        script.remove();
        reject(new Error(reason + ": " + url));
      }
    };
    const timer = setTimeout(() => end("too slow"), patience);
    script.src = approved(url, context);
    script.async = true;
    script.nonce = [...document.scripts].find((tag) => tag.dataset === context.dataset)?.nonce || "";
    script.onload = () => end("nothing came of it");
    script.onerror = () => end("blocked or not there");
    document.head.append(script);
  });
}
