"""Strings that statements put together: read in the order of the statements; ordinary code has no view."""

import base64
from typing import Final

import pytest

from tests.acceptance.support import token
from tests.support.made import scan_text, secret_of
from tests.support.views import views

TOKEN: Final = token("tests/decode/appended")
A, B, C = TOKEN[:60], TOKEN[60:120], TOKEN[120:]
SMALL: Final = [TOKEN[at : at + 6] for at in range(0, len(TOKEN), 6)]

SILENT: Final = {
    "styles": "let s='';s+='width:10px;';s+='height:20px';e.className+=' active2';s+='px'",
    "markup": "let h='<ul>';for(const i of l)h+='<li>'+i+'</li>';h+='</ul>'",
    "names": "a.push('item1');a.push('item2');a.push('item3');f(a.join(','))",
    "sums": "n+=1;m+=2;o+='1';o+='2'",
    "paths": "let p='/api/v1/';p+='projects';p+='/list';fetch(p)",
    "steps": "var t='note';t='other';t+=1;f(t)",
    "settings": "c[0]='alpha';c[1]='beta1';c[2]='gamma'",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_ordinary_code_gives_no_finding(text: str) -> None:
    assert views((text + ";").encode() * 40, "js-string") == []
    assert scan_text(text).detections == ()


FORMS: Final = {
    "a short beginning": f"let t='sk';t+='{TOKEN[2:]}';f(t)",
    "a constant at the end": f"const x='{C}';let t='sk';t+='{TOKEN[2:120]}';t+=x;f({{token:t}})",
    "lines": f"let t = 'sk';\nt += '{TOKEN[2:60]}';\nt += '{B}';\nt += '{C}';\nexport default t;",
    "double quotes": f'var t = "sk";\nt += "{TOKEN[2:60]}";\nt += "{B}{C}";',
    "templates": f"let t = `sk`;\nt += `{TOKEN[2:60]}`;\nt += `{B}{C}`;",
    "an empty beginning": f"let t='';t+='{A}';t+='{B}';t+='{C}';f(t)",
    "a member": f"const o={{}};o.t='{A}';o.t+='{B}';o.t+='{C}';f(o.t)",
    "a field": f"class K{{constructor(){{this.t='{A}';this.t+='{B}';this.t+='{C}'}}}}",
    "a key": f"const o={{}};o['t']='{A}';o['t']+='{B}{C}';f(o['t'])",
    "a header": f"let h='Bearer ';h+='{A}';h+='{B}';h+='{C}';fetch(u,{{headers:{{Authorization:h}}}})",
    "a list": f"const p=[];p.push('{A}');p.push('{B}');p.push('{C}');f(p.join(''))",
    "a list by many": f"const p=[];p.push('{A}','{B}');p.push('{C}');f(p.join(''))",
    "a list by number": f"const p=[];p[0]='{A}';p[1]='{B}';p[2]='{C}';f(p.join(''))",
    "many small pieces": "let t='';" + "".join(f"t+='{piece}';" for piece in SMALL) + "f(t)",
    "many small pieces in a list": "const p=[];\n"
    + "".join(f"p.push('{piece}');\n" for piece in SMALL)
    + "f(p.join(''))",
    "a list that begins with a piece": f"const p=['{A}'];p.push('{B}');p.push('{C}');f(p.join(''))",
    "a list by its length": f"const p=[];p[p.length]='{A}';p[p.length]='{B}';p[p.length]='{C}';f(p.join(''))",
    "a list from its end": f"const p=['{C}'];p.unshift('{B}');p.unshift('{A}');f(p.join(''))",
    "a value or a text": f"let t=q||'{A}';t+='{B}';t+='{C}';f(t)",
    "a typed name": f"let t: string = '{A}';\nt += '{B}';\nt += '{C}';",
    "typed constants": f"const a: string = '{A}';\nconst b: string = '{B}{C}';\nf(a + b);",
    "a chain of names": f"var a='{A}',b=a+'{B}',c=b+'{C}';f(c)",
    "a chain of templates": f"const a=`{A}`;const b=`${{a}}{B}`;const c=`${{b}}{C}`;f(c)",
    "names in reverse order": f"let c='{C}';let b='{B}';let a='{A}';let t=a;t+=b;t+=c;f(t)",
    "a list that is taken apart": f"const [a,b,c]=['{A}','{B}','{C}'];f(a+b+c)",
    "an object that is taken apart": f"const {{a,b,c}}={{a:'{A}',b:'{B}',c:'{C}'}};f(`${{a}}${{b}}${{c}}`)",
    "members set later": f"const o={{}};o.a='{A}';o.b='{B}';o.c='{C}';f([o.a,o.b,o.c].join(''))",
    "members by another name": f"const o={{}};o.a='{A}',o.b='{B}{C}';const parts=o,q={{}};q.token=parts.a+parts.b;f(q)",
    "members of this": f"this.t='{A}';this.t=this.t+'{B}';this.t=this.t+'{C}'",
    "a made list": f"f(new Array('{A}','{B}','{C}').join(''))",
    "sums": f"let t='{A}';t+='{B}'+'{C}';f(t)",
    "other statements between": f"let t='sk';log('x');t+='{TOKEN[2:120]}';if(q){{log(1)}}t+='{C}';f(t)",
    "a decoded piece": f"let t='sk';t+='{TOKEN[2:60]}';t+=atob('{base64.b64encode((B + C).encode()).decode()}');f(t)",
    "a sum with itself": f"let t='{A}';t=t+'{B}';t=t+'{C}';f(t)",
    "a sum with itself over lines": f"let t = '{A}';\nt = t + '{B}';\nt = t + '{C}';\nf(t);",
    "concat": f"let t='{A}';t=t.concat('{B}');t=t.concat('{C}');f(t)",
    "a template of itself": f"let t='{A}';t=`${{t}}{B}`;t=`${{t}}{C}`;f(t)",
    "commas": f"var t='sk';t+='{TOKEN[2:60]}',t+='{B}',t+='{C}',f(t)",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_a_token_of_several_statements_is_found(text: str) -> None:
    found = scan_text(text).detections
    assert TOKEN in {secret_of(detection).reveal().decode() for detection in found}
    for detection in found:
        assert text[detection.place.offset :].startswith(
            ("t", "h", "p", "o", "this", "'sk", "`", A[:9], text[:3], "a", "b", "[", "new", "c=")
        )


def test_a_name_that_is_set_again_begins_again() -> None:
    text = f"let t='{A}';t+='{B}';t='sk';t+='{TOKEN[2:]}';"
    values = {secret_of(found).reveal().decode() for found in scan_text(text).detections}
    assert values == {TOKEN}
