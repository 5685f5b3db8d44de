/** Stands in for Stripe.js, as far as the embedded Checkout goes. No money moves, and nothing leaves this computer. */
(() => {
  "use strict";
  const home = new URL(document.currentScript.src).origin;
  let alive = null;

  const refuse = (text) => {
    throw Object.assign(new Error(text), { name: "IntegrationError" });
  };

  class EmbeddedCheckout {
    #frame = document.createElement("iframe");
    #heard;

    constructor(secret, onComplete) {
      alive = this;
      this.#frame.src = home + "/c/embed/" + secret.split("_secret_")[0] + "?secret=" + encodeURIComponent(secret);
      this.#frame.title = "Checkout (sandbox)";
      this.#frame.style.cssText = "display:block;width:100%;border:0;height:480px";
      this.#heard = ({ source, data }) => {
        if (source !== this.#frame.contentWindow) return;
        if (data.height) this.#frame.style.height = data.height + "px";
        if (data.complete) onComplete?.();
      };
      addEventListener("message", this.#heard);
    }

    mount(place) {
      if (alive !== this) refuse("This embedded Checkout was destroyed.");
      const element = typeof place === "string" ? document.querySelector(place) : place;
      // As Stripe's own does: its frames must reach each other through the light DOM.
      if (element?.getRootNode() !== document) refuse("mount() needs an element of the document, outside any ShadowRoot.");
      element.append(this.#frame);
    }

    unmount() {
      this.#frame.remove();
    }

    destroy() {
      this.unmount();
      removeEventListener("message", this.#heard);
      if (alive === this) alive = null;
    }
  }

  window.Stripe = (key) => {
    if (!/^pk_test_\w+$/.test(key)) refuse("Please give a publishable key.");
    return {
      createEmbeddedCheckoutPage: async ({ fetchClientSecret, clientSecret, onComplete }) => {
        if (alive) refuse("You cannot have multiple Embedded Checkout objects.");
        const secret = clientSecret ?? (await fetchClientSecret());
        return new EmbeddedCheckout(secret, onComplete);
      },
    };
  };
})();
