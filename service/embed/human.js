/** "Are you a human?", asked only when the service wants to know: Cloudflare's Turnstile, or hCaptcha. */
import { Pane } from "./pane.js";
import { loadScript } from "./script.js";

const SCRIPT_MS = 10000;

/**
 * The proof that the service checks, or null when the reader closes the question. Throws, as a refusal (403), when it
 * cannot be asked.
 *
 * @param {{provider: string, site_key: string, script_url: string}} wanted
 */
export async function prove({ provider, site_key: sitekey, script_url: script }, appeal, context, { box }) {
  const { words, language } = appeal;
  const dialog = box.panel.localName === "dialog" && box.panel;
  let pane;
  try {
    const made = () => window[provider]?.render && window[provider];
    const api = await loadScript(script, made, context, SCRIPT_MS);
    pane = new Pane(appeal, context, { title: words.check_title, text: words.check_text, small: true }, box.life);
    if (dialog) dialog.close();
    pane.open();
    const proof = new Promise((resolve, reject) => api.render(pane.place, {
      sitekey, language, hl: language, callback: resolve,
      "error-callback": (code) => reject(new Error(provider + ": " + code)),
    }));
    pane.ready();
    return await Promise.race([proof, pane.closed.then(() => null)]);
  } catch (failure) {
    context.announce("error", { message: "The check could not be made: " + failure });
    throw Object.assign(new Error(failure.message), { status: 403, field: "check" });
  } finally {
    pane?.close();
    if (dialog?.isConnected) dialog.showModal();
  }
}
