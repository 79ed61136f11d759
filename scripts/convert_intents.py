"""Turn authored intent utterances (jsonl) into Rasa NLU YAML, one file per intent, with context and author kept per example.

Usage: python scripts/convert_intents.py <folder with I*.jsonl> <nlu_data/nlu>

Examples already in a file are kept; an utterance moves to a finer intent when ``FINER`` says so (same public label).
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from pathlib import Path

FINER: dict[str, list[tuple[str, str]]] = {
    "ask_bot": [
        ("ask_privacy", r"泄露|保密|告诉(对方|他|我?领导)|谁能看|隐私|存哪|外传|说出去"),
        (
            "ask_why",
            r"^(?!.*(骗|卖|律师|机器|是谁|你是)).*(问|要|记|打听|知道).{0,8}(干啥|干嘛|干什么|做啥|做什么|咋|有啥用|何用|什么用)|为(啥|什么|何)(要|非)?.{0,4}(问|知道|电话|名字|讲|记|填)",
        ),
    ],
    "ask_process": [
        ("ask_cost", r"收费|要钱|交钱|免费|多少钱才|押金|花钱|费用|掏钱"),
        ("ask_evidence", r"带(啥|什么|哪些|身份证)|材料|复印件|准备(啥|什么)|证件"),
        ("ask_language", r"维语|哈语|哈萨克|翻译|维吾尔|民语"),
        ("ask_duration", r"多久|几天|多长时间|啥时候|什么时候|多少天|几时"),
        ("ask_place", r"在哪(里|儿)?(办|弄|登|调)|地址|地点|怎么走|上班|周末|几点|哪个窗口"),
        ("ask_effect", r"不来|不配合|不同意.*(咋|怎)|有用吗|有用不|顶用|管用|反悔|不认账"),
    ],
    "complain_service": [("insult", r"傻|妈的|滚|混蛋|王八|他妈|你妈|狗|蠢|脑残|垃圾|笨")],
    "deny": [("refuse_mediation", r"不(想|要|愿意?|接受)?.{0,2}调(解)?($| )|不(想|愿意?)调")],
    "inform": [("speak_for_other", r"^(我是?)?(替|帮|代)我?(妈|爸|母|父|婆|公|爷|奶|老|儿|女|姐|哥|弟|妹|邻)")],
}


def finer(intent: str, text: str) -> str:
    """The finer intent an utterance belongs to, or the intent itself."""
    for name, pattern in FINER.get(intent, []):
        if re.search(pattern, text):
            return name
    return intent


def read(folder: Path) -> dict[str, list[tuple[str, str, str]]]:
    """intent → [(text, context, author)], in file order, without repeats of the same text in the same context."""
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    for path in sorted(folder.glob("I*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            key = (row["text"], row["context"])
            if key not in seen:
                seen.add(key)
                found[finer(row["intent"], row["text"])].append((row["text"], row["context"], row["author"]))
    return found


def render(intent: str, rows: list[tuple[str, str, str]]) -> str:
    """One Rasa NLU file. Texts are JSON strings, which are YAML strings too, whatever they contain."""
    lines = ['version: "3.1"', "nlu:", f"  - intent: {intent}", "    examples:"]
    for text, context, author in rows:
        lines.append(f"      - text: {json.dumps(text, ensure_ascii=False)}")
        lines.append(f"        metadata: {{context: {context}, author: {author}}}")
    return "\n".join(lines) + "\n"


def main() -> None:
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    for intent, rows in sorted(read(source).items()):
        (target / f"{intent}.yml").write_text(render(intent, rows), encoding="utf-8")
        print(f"{intent:20} {len(rows)}")


if __name__ == "__main__":
    main()
