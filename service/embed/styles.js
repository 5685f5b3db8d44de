/** The look: a newspaper's own. Sizes in em of the reader's own text size, since a page may give `rem` any meaning. */

const TEXT = `
:host{all:initial;display:block!important;visibility:visible!important;opacity:1!important;transform:none!important;filter:none!important;padding:0!important;border:0!important;background:none!important;font-family:inherit;clear:both}
:host([placement=inline]){margin-block:2.5em 2em;position:static!important}
:host([placement=banner]){position:fixed!important;z-index:2147483000!important;inset:auto 0!important;margin:0!important;width:auto!important;max-width:none!important}
:host([edge=top]){top:0!important}
:host([edge=bottom]){bottom:0!important}
:host([placement=overlay]){position:fixed!important;inset:0 auto auto 0!important;margin:0!important}
*,::before,::after{box-sizing:border-box}
[hidden]{display:none!important}
.panel{all:initial;display:flow-root;position:relative;font-family:inherit;font-size:1.0625em;line-height:1.5;color:var(--ink);-webkit-text-size-adjust:100%;text-size-adjust:100%;overflow-wrap:break-word;container-type:inline-size;
--ink:#17191c;--quiet:#5b5e63;--line:#d3d0c9;--edge:#85827b;--paper:#fff;--alarm:#a3200d;--accent:var(--honestybox-accent,#0b4c68);--on:var(--honestybox-on-accent,#fff)}
.panel[data-theme=dark]{--ink:#f0eee9;--quiet:#b5b2ab;--line:#3d4044;--edge:#85878b;--paper:#17191c;--alarm:#ff9d8a;--accent:var(--honestybox-accent-dark,#9ccbe0);--on:var(--honestybox-on-accent-dark,#10222b);color-scheme:dark}
.panel[dir=rtl]{direction:rtl}
.inline{padding-block:1.1em 1em;border-block:1px solid var(--line);border-block-start:3px solid var(--accent)}
h2,p,ul,ol,fieldset,legend{margin:0;padding:0;border:0;font:inherit;min-inline-size:0}
h2{font-family:var(--honestybox-heading-font,"Iowan Old Style",Charter,Georgia,"Noto Serif",serif);font-weight:700;font-size:1.6em;line-height:1.18;letter-spacing:-.008em;text-wrap:balance}
h2:focus,.said:focus{outline:0}
strong{font-weight:700}
em{font-style:italic}
.copy{margin-block-start:.5em}
.copy>*+*{margin-block-start:.6em}
.copy ul,.copy ol{padding-inline-start:1.3em}
.copy a{color:inherit;text-decoration:underline;text-decoration-color:var(--accent);text-decoration-thickness:.1em;text-underline-offset:.16em}
.give{display:block;margin-block-start:1.1em}
legend{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
label{position:relative;display:block}
label input{position:absolute;inset:0;inline-size:100%;block-size:100%;margin:0;opacity:0;cursor:pointer}
label span,button{font-family:inherit;line-height:1.2}
.interval .options{display:flex;border:1px solid var(--edge);border-radius:3px}
.interval label{flex:1 1 0;min-inline-size:0}
.interval label+label{border-inline-start:1px solid var(--line)}
.interval span{display:flex;align-items:center;justify-content:center;min-block-size:2.75em;padding:.3em .2em;text-align:center;color:var(--quiet);border-radius:2px}
.interval :checked+span{color:var(--ink);font-weight:700;box-shadow:inset 0 -3px var(--accent)}
.amount{margin-block-start:.75em}
.amount .options{display:flex;flex-wrap:wrap;gap:.5em}
.amount label{flex:1 1 4.4em}
.amount span{display:flex;align-items:center;justify-content:center;min-block-size:3.1em;padding:.3em .4em;font-size:1.12em;font-variant-numeric:lining-nums tabular-nums;border:1px solid var(--edge);border-radius:3px}
.amount :checked+span{background:var(--accent);border-color:var(--accent);color:var(--on);font-weight:700}
label input:focus-visible+span,button:focus-visible,a:focus-visible,.field:focus-within{outline:3px solid var(--accent);outline-offset:2px}
.own{margin-block-start:.75em}
.own label{font-size:.9em;color:var(--quiet)}
.field{display:flex;align-items:center;gap:.4em;margin-block-start:.25em;padding-inline:.8em;border:1px solid var(--edge);border-radius:3px;font-size:1.12em}
.field input{flex:1;min-inline-size:0;min-block-size:2.75em;padding:0;border:0;outline:0;background:none;color:inherit;font:inherit;font-variant-numeric:lining-nums tabular-nums}
.line{display:grid;align-items:center;margin-block:.6em .5em;min-block-size:3em;line-height:1.35}
.line>*{grid-area:1/1}
.problem{color:var(--alarm);font-weight:600}
.problem:not(:empty)+.cost{visibility:hidden}
button{-webkit-appearance:none;appearance:none;margin:0;border:0;background:none;color:inherit;font-size:1em;cursor:pointer;min-block-size:2.75em;min-inline-size:2.75em}
.primary{display:block;inline-size:100%;padding:.6em 1.6em;min-block-size:3.1em;border-radius:3px;background:var(--accent);color:var(--on);font-weight:700;font-size:1.05em;text-align:center}
.primary:hover{filter:brightness(1.12)}
.primary[aria-disabled]{opacity:.65;cursor:default}
.methods{margin-block-start:.6em;font-size:.85em;color:var(--quiet)}
.methods span{white-space:nowrap}
.later{margin-block-start:.5em;color:var(--quiet);font-size:.94em}
.quiet,.choice{text-decoration:underline;text-decoration-thickness:1px;text-underline-offset:.2em;color:var(--ink);padding:0 .1em}
.choices{display:flex;flex-wrap:wrap;align-items:center;gap:.2em .6em}
.choices p{flex:1 1 100%}
.choice{padding:.3em 1em;border:1px solid var(--edge);border-radius:3px;text-decoration:none}
.choice:hover{border-color:var(--ink)}
.close{position:sticky;inset-block-start:0;z-index:1;float:right;display:grid;place-items:center;inline-size:2.75em;block-size:2.75em;padding:0;margin:-.45em -.6em 0 .4em;color:var(--quiet);border-radius:50%}
[dir=rtl]>.close{float:left;margin:-.45em .4em 0 -.6em}
.close:hover{color:var(--ink)}
.close svg{inline-size:1.15em;block-size:1.15em;fill:none;stroke:currentColor;stroke-width:2}
.said{display:flex;align-items:center;min-block-size:3em;font-size:1.06em}
.banner{max-block-size:100vh;max-block-size:100dvh;overflow:auto;padding:.8em max(1em,50% - 34em);background:var(--paper)}
:host([edge=top]) .panel{border-block-end:3px solid var(--accent)}
:host([edge=bottom]) .panel{border-block-start:3px solid var(--accent);padding-block-end:calc(.8em + env(safe-area-inset-bottom))}
.banner h2{font-size:1.3em}
.banner .copy{margin-block-start:.25em}
.shut .give{display:none}
.shut .copy>*+*{display:none}
.shut .copy>:first-child{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:1;overflow:hidden}
.shut .acts{display:flex;flex-wrap:wrap;align-items:center;gap:.2em 1em;margin-block-start:.5em}
.shut .primary{inline-size:auto;min-block-size:2.75em}
.shut .later{margin:0}
.shut .later p>span{display:none}
dialog:not([open]){display:none}
.overlay{position:fixed;inset:0;margin:auto auto 0;inline-size:100%;max-inline-size:35em;block-size:fit-content;max-block-size:92vh;max-block-size:92dvh;overflow:auto;overscroll-behavior:contain;padding:1.3em 1.25em calc(1em + env(safe-area-inset-bottom));background:var(--paper);border-block-start:3px solid var(--accent)}
.overlay::backdrop{background:rgb(0 0 0/.55)}
.overlay>.close,.banner>.close{background:var(--paper)}
@media (min-width:640px){.overlay{margin:auto;padding:1.8em 2em 1.2em}}
@media (min-width:840px){
.banner{display:flex;align-items:flex-start;gap:2.5em;padding-block:1.1em}
.banner .words{flex:1}
.banner .acts{flex:0 1 26em}
.banner.shut{align-items:center}
.banner.shut .acts{flex:none;margin:0}
.shut .copy>:first-child{-webkit-line-clamp:2}
.banner .give{margin:0}
.banner .close{order:1;float:none;margin:0}
}
@media (max-height:420px){.shut .copy{display:none}}
@media (prefers-reduced-motion:no-preference){
.banner,.overlay{animation:rise .3s ease-out}
.banner{transition:transform .2s}
label span{transition:background-color .12s}
}
@keyframes rise{from{opacity:0;transform:translateY(1em)}}
:host([edge=top]) .aside{transform:translateY(-110%)}
:host([edge=bottom]) .aside{transform:translateY(110%)}
@media (forced-colors:active){:checked+span,.primary{forced-color-adjust:none;background:Highlight!important;color:HighlightText!important}}
`;

let one = null;

/** The one sheet that every box on the page adopts; made with CSSOM, which a `style-src` does not stop. */
export function sheet() {
  if (!one) {
    one = new CSSStyleSheet();
    one.replaceSync(TEXT);
  }
  return one;
}
