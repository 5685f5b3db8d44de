/** The site's own look, from its config. What the page itself says on :root wins over it. */
import { house } from "./box.js";

const NAMES = {
  accent: "accent", on_accent: "on", text: "ink", quiet: "quiet", line: "line", background: "paper",
};
const SCHEMES = { never: "light", always: "dark" };

/**
 * Furnishes every box that is framed from now on.
 *
 * @param {object} [theme] as the service tells it: `{dark, light_colours, dark_colours, text_font, heading_font, corner_px}`
 */
export function furnish(theme) {
  const sheet = new CSSStyleSheet();
  // By the CSSOM, property by property: no value can be more than a value.
  const rule = (selector) => sheet.cssRules[sheet.insertRule(selector + "{}", sheet.cssRules.length)].style;
  const paint = (style, colours, suffix) => {
    for (const [name, value] of Object.entries(colours || {})) {
      const host = "--honestybox-" + name.replace("_", "-") + suffix;
      if (NAMES[name]) style.setProperty("--" + NAMES[name], `var(${host},${value})`);
    }
  };
  const panel = rule(".panel");
  paint(panel, theme.light_colours, "");
  paint(rule(".panel[data-theme=dark]"), theme.dark_colours, "-dark");
  if (theme.text_font) panel.fontFamily = `var(--honestybox-font,${theme.text_font})`;
  if (theme.heading_font) rule("h2").fontFamily = `var(--honestybox-heading-font,${theme.heading_font})`;
  if (theme.corner_px !== undefined) panel.setProperty("--corner", `var(--honestybox-corner,${theme.corner_px}px)`);
  house.sheets = [sheet];
  house.scheme = SCHEMES[theme.dark];
}
