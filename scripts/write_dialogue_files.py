"""Write domain.yml and nlu_data/rules/*.yml: the same few lines for every intent, so that none is ever forgotten.

Usage: python scripts/write_dialogue_files.py [--check]   (--check fails when a file is not up to date; the tests run it)
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
SLOTS = (
    *("consent", "safety", "narrative", "dispute_type", "counterparty", "relation", "when", "place", "amount", "people", "tried"),
    *("claim", "willing", "evidence", "contact_name", "contact_phone", "handling_mode", "appointment", "confirm"),
    "detail",  # stands for every type-specific question of the question bank
    "follow_up",  # nothing is asked: after filing, at the doors, with a human
)
TOPICS: dict[str, tuple[str, ...]] = {
    "telling": ("describe_dispute", "inform", "affirm", "deny", "correct", "skip", "undo", "refuse_mediation", "speak_for_other",
                "group_report", "child_alone", "appointment", "upload_evidence", "crisis", "distress"),
    "asking": ("ask_law", "ask_process", "ask_bot", "ask_why", "ask_privacy", "ask_cost", "ask_evidence", "ask_duration", "ask_place",
               "ask_language", "ask_effect", "repeat"),
    "case": ("ask_status", "withdraw_case", "urge_case"),
    "steering": ("ask_human", "cancel", "restart", "resume", "wait"),
    "small_talk": ("greet", "goodbye", "thanks", "chitchat", "complain_service", "insult", "out_of_scope", "other_language"),
    "fallback": ("nlu_fallback",),
}  # fmt: skip
EXPLAINED = {
    "telling": "说事情、回答、改正：登记中由表单接着走，没在登记就把表单打开。",
    "asking": "中途提问：答完再问回刚才那一项，答话和问题是同一条消息。",
    "case": "查进度、撤回、催办：随时可以，办完再回到刚才那一项。",
    "steering": "转人工、取消、重来、继续、等一下。",
    "small_talk": "问好、道谢、闲聊、骂人、别的语言：平静地接一句，再回来。",
    "fallback": "听不懂的话也有回音：由表单结合刚才的问题来读。",
}
HEAD = 'version: "3.1"\n'


def domain() -> str:
    """domain.yml. Every slot is ``any`` with one custom mapping: one call of one action extracts everything."""
    intents = [name for names in TOPICS.values() for name in names if name != "nlu_fallback"]
    mapped = ["intake_state", "intake_story", "intake_turn", "heard", *SLOTS]
    lines = [HEAD.rstrip(), "# Written by scripts/write_dialogue_files.py; change it there.", "", "intents:"]
    lines += [f"  - {name}" for name in sorted(intents)]
    lines += ["", "slots:"]
    for slot in mapped:
        lines += [f"  {slot}:", "    type: any", "    influence_conversation: false", "    mappings:"]
        lines += ["      - type: custom", "        action: action_extract_details"]
    lines += ["", "forms:", "  dispute_form:", "    required_slots:", *[f"      - {slot}" for slot in ("heard", *SLOTS)]]
    lines += [
        "",
        "actions:",
        "  - action_extract_details",
        "  - validate_dispute_form",
        "  - action_file_case",
        "  - action_reply",
        "  - action_restart",
    ]
    lines += [f"  - action_ask_dispute_form_{slot}" for slot in SLOTS]
    # One case lives in one session, however many hours lie between two messages.
    lines += ["", "session_config:", "  session_expiration_time: 0", "  carry_over_slots_to_new_session: true", ""]
    return "\n".join(lines)


def rules(topic: str) -> str:
    """Rules of one topic: inside the form and outside it, for each intent."""
    lines = [HEAD.rstrip(), f"# {EXPLAINED[topic]} 由 scripts/write_dialogue_files.py 生成。", "rules:"]
    for intent in TOPICS[topic]:
        # Rasa answers the intent `restart` with action_restart, which would wipe the tracker; ours only passes on to the form.
        between = ["      - action: action_restart"] if intent == "restart" else []
        lines += [
            f"  - rule: 登记中 {intent}",
            "    condition:",
            "      - active_loop: dispute_form",
            "    steps:",
            f"      - intent: {intent}",
            *between,
            "      - action: dispute_form",
            "      - active_loop: dispute_form",
            f"  - rule: 没在登记 {intent}",
            "    condition:",
            "      - active_loop: null",
            "    steps:",
            f"      - intent: {intent}",
            *between,
            "      - action: dispute_form",
            "      - active_loop: dispute_form",
        ]
    return "\n".join(lines) + "\n"


FILING = f"""{HEAD}# 登记表核对完了，表单结束，提交案件。由 scripts/write_dialogue_files.py 生成。
rules:
  - rule: 核对后提交
    condition:
      - active_loop: dispute_form
    steps:
      - action: dispute_form
      - active_loop: null
      - slot_was_set:
          - requested_slot: null
      - action: action_file_case
"""


def files() -> dict[Path, str]:
    """Every file with its content.

    Raises:
        ValueError: an intent of nlu_data has no rule, or the other way round.
    """
    written = {path.stem for path in (ROOT / "nlu_data/nlu").glob("*.yml")}
    covered = {name for names in TOPICS.values() for name in names} - {"nlu_fallback"}
    if written != covered:
        raise ValueError(f"intents without a rule: {sorted(written - covered)}; rules without examples: {sorted(covered - written)}")
    found = {ROOT / "domain.yml": domain(), ROOT / "nlu_data/rules/filing.yml": FILING}
    found |= {ROOT / f"nlu_data/rules/{topic}.yml": rules(topic) for topic in TOPICS}
    for content in found.values():
        yaml.safe_load(content)
    return found


def main() -> None:
    stale = [path for path, content in files().items() if not path.exists() or path.read_text(encoding="utf-8") != content]
    if "--check" in sys.argv:
        if stale:
            sys.exit(f"not up to date: {', '.join(str(p.relative_to(ROOT)) for p in stale)}; run scripts/write_dialogue_files.py")
        return
    for path in stale:
        path.write_text(files()[path], encoding="utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
