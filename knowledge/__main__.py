"""``python -m knowledge [folder]``: check the knowledge files; prints counts, or the mistakes and exit status 1."""

from __future__ import annotations

import sys
from pathlib import Path

from common.errors import KnowledgeError
from knowledge.loader import load


def main(arguments: list[str]) -> int:
    """Entry point; ``arguments`` may name another folder."""
    try:
        knowledge = load(Path(arguments[0]) if arguments else None)
    except KnowledgeError as error:
        print(error.detail, file=sys.stderr)
        return 1
    counts = {
        "纠纷类型": len(knowledge.types),
        "细类": len(knowledge.subtypes),
        "途径": len(knowledge.routes),
        "机构种类": len(knowledge.organisation_kinds),
        "机构": len(knowledge.organisations),
        "区划": len(knowledge.divisions),
        "层级规则": len(knowledge.routing.level_rules),
        "途径规则": len(knowledge.routing.channel_rules),
        "通用问题": len(knowledge.questions),
        "专用问题": sum(len(kind.questions) for kind in knowledge.types.values()),
        "风险线索": len(knowledge.risk.cues),
        "不能调解的情形": len(knowledge.legality),
        "法律": len(knowledge.statutes),
        "用语": len(knowledge.phrases),
        "问答": len(knowledge.faq),
    }
    print("OK", knowledge.version, *(f"{name} {count}" for name, count in counts.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
