"""Names become short where they are our own variables, and stay what they are everywhere else."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import rjsmin

from service.web.minify import minify
from service.web.script_names import Bindings
from service.web.script_tokens import tokens_of

EMBED = Path(__file__).parents[2] / "service" / "embed"

SHORTENED = {
    "const total = 1; use(total, other.total, { total: 2 });": "const a=1;use(a,other.total,{total:2});",
    "const total = 1; use({ total });": "const a=1;use({total:a});",
    "const { total, sum: found = 3, ...rest } = use(); f(total, found, rest);":
        "const{total:c,sum:a=3,...b}=use();f(c,a,b);",
    "const { total = 1 } = use(); f(total);": "const{total:a=1}=use();f(a);",
    'import { total, sum as found } from "./x.js"; f(total, found);':
        'import{total as b,sum as a}from"./x.js";f(b,a);',
    "export const total = 1; export function sum(first) { return first; } export class Kind {}":
        "export const total=1;export function sum(a){return a}export class Kind{}",
    "const text = `a ${text2(`${word}`)} text`; f(text);": "const a=`a ${text2(`${word}`)} text`;f(a);",
    'const word = "x"; f(`word ${word}`, "word", /word["`{]/);': 'const a="x";f(`word ${a}`,"word",/word["`{]/);',
    "class Kind { #total = 1; get total() { return this.#total; } }": "class a{#a=1;get total(){return this.#a}}",
    "const first = (word) => word; const second = (text) => text; f(first, second);":
        "const a=c=>c;const b=c=>c;f(a,b);",
    "const half = (total) => total / 2 / 1; f(half);": "const a=b=>b/2/1;f(a);",
    "const doubled = (total, scale) => ({ total: total * scale(2) }); f(doubled);":
        "const b=(a,c)=>({total:a*c(2)});f(b);",
    'const draw = (label) => make({ class: "x" }, ({ label })); f(draw);':
        'const a=b=>make({class:"x"},({label:b}));f(a);',
    "try { use(); } catch (problem) { f(problem); }": "try{use()}catch(a){f(a)}",
    "for (const [key, value] of list) f(key, value);": "for(const[a,b]of list)f(a,b);",
    "f(async (total) => total); f((total) => `${total};}`, () => { return (total) => total; });":
        "f(async(a)=>a);f(a=>`${a};}`,()=>{return(a)=>a});",
    "{ for (const key of list); } { if (list); else; } { while (f(list)); } { do f(); while (list()); }":
        "{for(const a of list);}{if(list);else;}{while(f(list));}{do f();while(list());}",
}  # fmt: skip


@pytest.mark.parametrize(("source", "wanted"), SHORTENED.items())
def test_a_name_is_shortened_where_it_is_a_variable_and_nowhere_else(source: str, wanted: str) -> None:
    assert minify(source).replace("\n", "") == wanted


def test_a_name_that_is_somewhere_the_windows_stays() -> None:
    assert minify("const read = (location) => location.href; f(read, location.hash);") == (
        "const a=location=>location.href;f(a,location.hash);"
    )


def test_a_short_name_hides_nothing_that_is_used_beside_it() -> None:
    """Run: the outer variables are read inside of functions that have as many of their own."""
    source = """
      const one = 1, two = 2, a = 5;
      const sum = (first, second = one) => { const third = two; return [first, second, third, a, one]; };
      function walk(node, depth = 0) { return depth > 2 ? [] : [node + depth, ...walk(node, depth + 1)]; }
      class Kind { #kept; constructor(kept) { this.#kept = kept; }
        read({ from, to = this.#kept }) { return [from, to]; } }
      const { deep: [{ inner }, later = () => { const inner = 9; return inner + two; }] } = { deep: [{ inner: 7 }] };
      const kept = new Kind(4);
      console.log(JSON.stringify([sum(3), walk(10), kept.read({ from: one }), inner, later(),
        `${one + two}${sum(0)}`]));
    """
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed; the browser tests run what is minified")
    said = [
        subprocess.run([node, "-e", text], capture_output=True, text=True, check=True).stdout
        for text in (source, minify(source))
    ]
    assert said[0] == said[1]
    assert json.loads(said[0])[0] == [3, 1, 2, 5, 1]


@pytest.mark.parametrize("path", sorted(EMBED.glob("*.js")), ids=lambda path: path.name)
def test_every_name_in_our_modules_still_has_its_variable(path: Path) -> None:
    source = path.read_text("utf-8")
    assert Bindings(tokens_of(minify(source))).strays() == Bindings(tokens_of(rjsmin.jsmin(source))).strays()


def test_what_is_no_javascript_is_refused() -> None:
    with pytest.raises(ValueError, match="no end"):
        minify("const x = `no end;")


