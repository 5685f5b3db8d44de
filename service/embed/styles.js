/** The look: a newspaper's own. Sizes in em of the reader's own text size, since a page may give `rem` any meaning. */

const TEXT = `
:host{all:initial;display:block!important;visibility:visible!important;opacity:1!important;padding:0!important;border:0!important;background:none!important;font-size:medium!important;font-family:inherit;clear:both}
:host([placement=inline]){margin:2.5em 0 2em}
:host([placement=gate]){margin:1em 0 2em}
*{box-sizing:border-box}
[hidden]{display:none!important}
.panel{all:initial;box-sizing:border-box;display:flow-root;font:1.0625em/1.5 x;font-family:var(--honestybox-font,inherit);color:var(--ink);-webkit-text-size-adjust:100%;overflow-wrap:break-word;--ink:var(--honestybox-text,#17191c);--quiet:var(--honestybox-quiet,#5b5e63);--line:var(--honestybox-line,#d3d0c9);--edge:#85827b;--paper:var(--honestybox-background,#fff);--alarm:#a3200d;--accent:var(--honestybox-accent,#0b4c68);--on:var(--honestybox-on-accent,#fff);--corner:var(--honestybox-corner,3px)}
.panel[data-theme=dark]{--ink:var(--honestybox-text-dark,#f0eee9);--quiet:var(--honestybox-quiet-dark,#b5b2ab);--line:var(--honestybox-line-dark,#3d4044);--edge:#85878b;--paper:var(--honestybox-background-dark,#17191c);--alarm:#ff9d8a;--accent:var(--honestybox-accent-dark,#9ccbe0);--on:var(--honestybox-on-accent-dark,#10222b);color-scheme:dark}
.panel[dir=rtl]{direction:rtl}
.inline,.gate{padding:1.1em 0 1em;border:solid var(--line);border-width:3px 0 1px;border-top-color:var(--accent)}
.gate{padding:1.7em 0 1.3em}
h2,p,ul,ol,fieldset{margin:0;padding:0;border:0;font:inherit;min-width:0}
h2{font:700 1.6em/1.18 var(--honestybox-heading-font,"Iowan Old Style",Charter,Georgia,serif);text-wrap:balance}
[tabindex]{outline:0}
.copy{margin-top:.5em}
.copy>*+*{margin-top:.6em}
ul,ol{padding-inline-start:1.3em}
em:lang(ar),em:lang(he),em:lang(ja){font-style:normal;font-weight:700}
a{color:inherit;text-decoration:underline .1em var(--accent);text-underline-offset:.16em}
.give{margin-top:1.1em}
legend{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
label{position:relative}
label input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:pointer}
label span{display:flex;align-items:center;justify-content:center;padding:.3em;line-height:1.2;border-radius:var(--corner)}
.options{display:flex;border-radius:var(--corner)}
.interval .options{border:1px solid var(--edge)}
.interval label{flex:auto}
.interval label+label{border-inline-start:1px solid var(--line)}
.interval span{min-height:2.75em;color:var(--quiet)}
.interval :checked+span{color:var(--ink);font-weight:700;box-shadow:inset 0 -3px var(--accent)}
.amount,.own{margin-top:.75em}
.amount .options{flex-wrap:wrap;gap:.5em}
.amount label{flex:1 1 4.4em}
.amount span,.field{min-height:2.9em;font-size:1.12em;border:1px solid var(--edge);border-radius:var(--corner)}
.amount :checked+span{background:var(--accent);border-color:var(--accent);color:var(--on);font-weight:700}
:focus-visible+span,button:focus-visible,a:focus-visible,.field:focus-within{outline:3px solid var(--accent);outline-offset:2px}
.own label,.methods,.later{font-size:.9em;color:var(--quiet)}
.field{display:flex;align-items:center;gap:.4em;margin-top:.25em;padding:0 .8em}
.field input{flex:1;min-width:0;min-height:2.75em;padding:0;border:0;outline:0;background:none;color:inherit;font:inherit}
.line{display:grid;align-items:center;margin:.35em 0;min-height:2.7em;line-height:1.35}
.line>*{grid-area:1/1}
.problem{color:var(--alarm);font-weight:600}
.problem:not(:empty)+.cost{visibility:hidden}
button,.primary{-webkit-appearance:none;appearance:none;margin:0;padding:.3em .1em;border:0;border-radius:var(--corner);background:none;color:inherit;font:inherit;line-height:1.2;cursor:pointer;min-height:2.75em;min-width:2.75em}
.primary{display:block;width:100%;text-align:center;text-decoration:none;padding:.6em 1.6em;min-height:3.1em;background:var(--accent);color:var(--on);font-weight:700;font-size:1.05em}
.primary:hover{filter:brightness(1.12)}
.primary[aria-disabled=true]{opacity:.65;cursor:default}
.methods{margin-top:.6em}
.later{margin-top:.5em}
.off{margin-top:.6em}
.off+.later{margin:0}
.off .problem{display:block}
.quiet,.choice{color:var(--ink)}
.quiet{min-height:3.1em;padding-inline:0;text-decoration:underline;text-underline-offset:.2em}
.choices{display:flex;flex-wrap:wrap;gap:.4em .6em}
.choices p{flex:1 1 100%}
.choice{min-height:3.1em;padding:.3em 1em;border:1px solid var(--edge)}
.choice:hover,.default{border-color:var(--ink)}
.close{float:right;width:2.75em;margin-top:-.45em;color:var(--quiet);text-align:end}
.close::before{content:"\\d7";font:1.9em/1 Arial,sans-serif}
[dir=rtl]>.close{float:left}
.close:hover{color:var(--ink)}
.said{flex:1;display:flex;align-items:center;min-height:3em}
@media (forced-colors:active){:checked+span,.primary{forced-color-adjust:none;background:Highlight!important;color:HighlightText!important}}
`;

const made = new Map();

/** A sheet of these rules, the same one for every box that adopts it; made with CSSOM, which a `style-src` does not stop. */
export function sheet(text = TEXT) {
  if (!made.has(text)) {
    made.set(text, new CSSStyleSheet());
    made.get(text).replaceSync(text);
  }
  return made.get(text);
}
