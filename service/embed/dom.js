/** Building elements without markup: nothing here ever parses a string as HTML. */

/** False for what is left out: null, undefined and false. */
const given = (value) => (value ?? false) !== false;

/**
 * An element with properties (`on…` and other own properties are set, the rest become attributes) and children.
 * Empty values (null, undefined, false) are left out, of both.
 *
 * @param {string} tag
 * @param {Object<string, unknown>} [properties]
 * @param {...(Node|string|null|false)} children
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (!given(value)) continue;
    if (typeof value === "function") element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter(given));
  return element;
}

/** The text with its {names} filled in; a name without a value stays as it is. */
export function fill(text, values) {
  return String(text || "").replace(/\{(\w+)\}/g, (name, key) => (key in values ? values[key] : name));
}

const lost = {};

/** The module beside this one. Browsers keep for good that one did not come, so the next try has another address. */
export function load(name) {
  const address = "./" + name + ".js" + (lost[name] ? "?" + lost[name] : "");
  return import(address).catch((failure) => {
    lost[name] = (lost[name] || 0) + 1;
    throw failure;
  });
}

const KNOWN = /^(p|strong|em|a|ul|ol|li|br)$/;

/**
 * The nodes of a copy tree, `string | [tag, attributes, children]`; an unknown tag leaves its text.
 *
 * @param {Array} nodes
 * @returns {Array<Node|string>}
 */
export function grow(nodes) {
  return (nodes || []).flatMap((node) => {
    if (!Array.isArray(node)) return [String(node)];
    const [tag, attributes, children] = node;
    if (!KNOWN.test(tag)) return grow(children);
    const href = tag === "a" && /^(https:|mailto:)/i.test(attributes.href) ? attributes.href : null;
    return [make(tag, { href }, ...grow(children))];
  });
}
