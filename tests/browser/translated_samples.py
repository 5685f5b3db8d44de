"""The sample newspaper in two more languages, one from right to left: copy and an article, for pictures alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

BUTTONS = {"ar": "متابعة", "ja": "続ける"}
COPY: dict[str, dict[str, tuple[str, str]]] = {
    "ar": {
        "inline": (
            "أبقوا المصباح مضاءً",
            ("لا يملك {site_name} أحد سوى قرّائه: لا حزب ولا ملياردير ولا صندوق.\n\nإن كان هذا المقال يستحق وقتكم، "
            "**فساعدونا في تمويل المقال التالي**. كل ما تختارونه يُنفق على العمل الصحفي."),
        ),
        "banner": ("دقيقة لغرفة الأخبار؟", "بضع قطع نقدية في الشهر تُبقي {site_name} سيّدة نفسها."),
        "overlay": (
            "رسالة من رئيسة التحرير",
            ("ننشر ما نستطيع الدفاع عنه، ونقول حين نخطئ. وكلاهما ليس رخيصًا.\n\nساعدونا في كتابة المقالات القادمة:\n\n"
            "- مرة واحدة، إن كنتم لا تريدون التفكير في الأمر من جديد؛\n- شهريًا، كي نستطيع التخطيط؛\n"
            "- سنويًا، كي نخطط *جيدًا*."),
        ),
        "gate": (
            "لقد قرأتم مقالات هذا الشهر المجانية الخمسة",
            ("خمسة مقالات في الشهر مفتوحة للجميع. ومن بعدها **يموّل القراء {site_name}**: أي مساهمة تفتح هذا المقال "
            "وسائر المقالات."),
        ),
    },
    "ja": {
        "inline": (
            "灯をともし続けるために",
            ("{site_name}の持ち主は、政党でも富豪でも基金でもなく、読者だけです。\n\nこの記事に読む価値があったとお感じでしたら、"
            "**次の記事のためにご支援ください**。いただいた額はすべて取材に使われます。"),
        ),
        "banner": ("編集部に一分だけ", "毎月わずかな額で、{site_name}は誰にも頼らずにいられます。"),
        "overlay": (
            "編集長からの手紙",
            ("責任を持てることだけを載せ、誤りがあれば認めます。どちらも安くはありません。\n\n"
            "次の記事を書くために、お力をお貸しください。\n\n- 一回のみ：改めて考えずに済みます。\n"
            "- 毎月：計画を立てられます。\n- 毎年：計画を*しっかり*立てられます。"),
        ),
        "gate": (
            "今月の無料記事五本をお読みになりました",
            ("毎月五本はどなたにも公開しています。その先は**読者の支えが{site_name}を成り立たせています**。"
            "金額にかかわらず、この記事もほかのすべての記事もお読みいただけます。"),
        ),
    },
}
ARTICLES = {
    "ar": (
        "العدسة التي تعدّ الغبار",
        ("في مرصد صغير فوق الميناء، تُحصي عدسة قديمة ما لا يراه أحد: حبّات الغبار التي تحملها الريح من الصحراء إلى "
        "الشرفات."),
    ),
    "ja": (
        "塵を数えるレンズ",
        ("港を見下ろす小さな天文台で、古いレンズが誰の目にも見えないものを数えている。砂漠から風に運ばれ、"
        "家々の窓辺に積もる塵の粒である。"),
    ),
}


def translate_config(config: Path) -> None:
    """Lets the sample site of a folder, a copy, speak these languages too."""
    site = config / "sites" / "daily-lantern" / "site.yaml"
    site.write_text(site.read_text().replace("languages: [en, ru]", f"languages: [en, ru, {', '.join(COPY)}]"))
    yaml = YAML()
    for file in (site.parent / "campaigns").glob("*.yaml"):
        campaign: Any = yaml.load(file.read_text())
        for variant in campaign["variants"].values():
            for language, copy in COPY.items():
                heading, body = copy[str(campaign["placement"])]
                variant["copy"][language] = {"heading": heading, "body": body, "button": BUTTONS[language]}
        with file.open("w") as written:
            yaml.dump(campaign, written)


def translate_article(html: str, language: str) -> str:
    """The English article of the sample newspaper as one in this language."""
    title, text = ARTICLES[language]
    direction = "rtl" if language == "ar" else "ltr"
    html = html.replace('<html lang="en"', f'<html lang="{language}" dir="{direction}"')
    html = html.replace('"inLanguage": "en"', f'"inLanguage": "{language}"')
    html = re.sub(r"<h1>.*?</h1>", f"<h1>{title}</h1>", html, count=1)
    html = re.sub(r'<p class="standfirst">.*?</p>', f'<p class="standfirst">{text}</p>', html, count=1)
    words = f"<p>{text * 3}</p>\n" * 4
    return re.sub(
        r'(<div class="article__content">).*?(</div>\s*</article>)', rf"\g<1>{words}\g<2>", html, flags=re.DOTALL
    )
