"""Put a model folder together: graph, n-gram table, meta.json with names, thresholds and figures."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import yaml

from classifier.ngrams import NgramTable
from classifier.tokenizer import CharTokenizer
from classifier.training.data import REPOSITORY
from classifier.training.export import Blend, Exported, WideTable, export
from classifier.training.linear import LinearHead
from classifier.training.network import Network

_TYPE_NAMES = {
    "HY": "婚姻家庭", "LL": "邻里", "WY": "物业", "FW": "房屋宅基地", "HT": "合同", "JD": "借贷与金融", "SC": "生产经营", "SH": "损害赔偿",
    "LD": "劳动争议", "JT": "道路交通事故", "YL": "医疗", "XF": "消费", "LY": "旅游", "WL": "互联网", "ZS": "知识产权", "TD": "山林土地草场水利",
    "ZD": "征地拆迁", "HB": "环境保护", "XY": "校园", "YD": "涉企油地", "XZ": "非调解事项", "QT": "其他",
}  # fmt: skip
_OTHER_NAMES = {
    "RM": "人民调解", "ZY": "专业性调解", "HA": "行业性调解", "XH": "协会调解", "XT": "行政调解", "SF": "司法调解", "QY": "企业内部与油地联席",
    "LW": "劳动监察与仲裁", "SS": "诉讼与执行", "XJ": "行政复议、行政诉讼、信访", "JJ": "紧急求助", "ZX": "咨询与法律服务",
    "R0": "平常", "R1": "激动", "R2": "有威胁", "R3": "正在危险中",
}  # fmt: skip


def names(folder: Path = REPOSITORY / "knowledge/taxonomy") -> dict[str, str]:
    """Chinese names by code: types, routes, risks from here; subtypes from the taxonomy, as far as it is written."""
    found = {**_TYPE_NAMES, **_OTHER_NAMES}
    for path in sorted(folder.glob("*.yml")):
        for subtype in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("subtypes", []):
            found[str(subtype["code"])] = str(subtype["name"])
    return found


def public_intents(path: Path = REPOSITORY / "nlu_data/intent_map.yml") -> dict[str, str]:
    """Finer intent → public intent, from the dialogue's own table."""
    if not path.exists():
        return {}
    return dict((yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("fine", {}))


def assemble(
    folder: Path,
    network: Network,
    table: NgramTable,
    heads: dict[str, LinearHead],
    blends: dict[str, Blend],
    tokenizer: CharTokenizer,
    about: dict[str, Any],
) -> None:
    """Write model.onnx, ngrams.npz, vocab.txt, t2s.json and meta.json into ``folder``.

    Args:
        about: merged into meta.json; must hold ``date``, ``abstain_below``, ``window``, ``subtype_vote`` and ``risk_caution``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    order = tuple(network.labels.heads)
    wide = WideTable.build(heads, order, len(table.known), len(network.labels.contexts))
    module = Exported(network, wide, blends)
    export(module, folder / "model.onnx")
    table.save(folder / "ngrams.npz")
    (folder / "vocab.txt").write_text("\n".join(tokenizer.vocabulary) + "\n", encoding="utf-8")
    pairs = {"from": "".join(map(chr, tokenizer.simplified)), "to": "".join(tokenizer.simplified.values())}
    (folder / "t2s.json").write_text(json.dumps(pairs, ensure_ascii=False), encoding="utf-8")
    digest = hashlib.sha256((folder / "model.onnx").read_bytes() + (folder / "ngrams.npz").read_bytes()).hexdigest()
    meta = {
        "version": f"{about['date']}-{digest[:8]}",
        "heads": {head: list(labels) for head, labels in network.labels.heads.items()},
        "names": names(),
        "public_intents": public_intents(),
        "blends": {head: [blend.network, blend.table] for head, blend in blends.items()},
        **about,
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in meta.items()]
    (folder / "meta.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
