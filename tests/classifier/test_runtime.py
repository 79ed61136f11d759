"""The shipped model, as backend, actions and Rasa call it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from classifier.runtime import Classifier, ModelError, load, window_starts
from common.settings import ROOT

KNOWN = [
    ("被欠了三个月工资", "LD", "LD01"),
    ("楼上漏水没人管", "LL", "LL02"),
    ("朋友借了我三万块钱说好年底还，现在电话都不接", "JD", "JD01"),
    ("跟老婆过不下去了，想离婚，孩子才五岁", "HY", "HY01"),
    ("老闆拖欠我們三個月工資，說沒錢", "LD", "LD01"),
    ("健身房关门跑路了，我办的年卡还剩八个月", "XF", None),
    ("在医院做手术把神经碰坏了，医院不承认", "YL", None),
    ("骑电动车被小轿车撞了，腿骨折，保险公司不肯赔", "JT", None),
    ("房子到期了房东不退押金", "FW", None),
    ("采油厂的管线漏了，把我家的地污染了", "YD", None),
]


@pytest.mark.parametrize(("text", "dispute_type", "subtype"), KNOWN)
def test_plain_sentences_are_understood(classifier: Classifier, text: str, dispute_type: str, subtype: str | None) -> None:
    prediction = classifier.predict(text)
    assert prediction.dispute_types[0].code == dispute_type
    if subtype:
        assert prediction.subtypes[0].code == subtype
    assert not prediction.abstained


@pytest.mark.parametrize(
    ("text", "route"),
    [("包工头欠我工资不给", "LW"), ("老公又打我了，拿刀要砍我，救命", "JJ"), ("在携程报的团，导游强制购物，要退团费", "HA")],
)
def test_the_door_fits_the_words(classifier: Classifier, text: str, route: str) -> None:
    assert classifier.predict(text).routes[0].code == route


def test_danger_is_more_than_ordinary(classifier: Classifier) -> None:
    danger = classifier.predict("他现在拿着刀在我家门口砸门，说要杀了我")
    calm = classifier.predict("想问一下离婚需要带什么材料")
    assert danger.risk[0].code in ("R2", "R3")
    assert calm.risk[0].code == "R0"


@pytest.mark.parametrize("text", ["", "   ", "😭😭😭", "\x00\x01", "。。。。", "<script>alert(1)</script>", "/intent{}", "ياردەم", "1"])
def test_odd_input_gets_an_answer_and_no_certainty(classifier: Classifier, text: str) -> None:
    prediction = classifier.predict(text)
    assert len(prediction.dispute_types) == len(prediction.subtypes) == len(prediction.routes) == 3
    for scores in (prediction.dispute_types, prediction.routes, prediction.risk):
        assert all(0 <= score.probability <= 1 for score in scores)
        assert [s.probability for s in scores] == sorted((s.probability for s in scores), reverse=True)
    if not text.strip(" \x00\x01"):
        assert prediction.abstained


def test_very_long_text_is_read_to_the_end(classifier: Classifier) -> None:
    padding = "今天天气不错，我在家里坐着看电视，下午又睡了一觉。" * 20
    story = "老板欠我三个月工资不给，我是在工地干活的，包工头跑了。" * 4
    rambling = (padding + story) * 9
    assert len(rambling) > 5000
    assert classifier.predict(rambling).dispute_types[0].code == "LD"
    # beyond the first window: a model that cuts would only have seen the padding
    assert classifier.predict(padding + story).dispute_types[0].code == "LD"
    assert classifier.predict(padding).dispute_types[0].code != "LD"
    whole = classifier.predict(story * 25)
    assert whole.dispute_types[0].code == "LD"
    assert classifier.predict("水" * 20_000).model_version == classifier.version


def test_danger_at_the_end_of_a_long_story_is_not_averaged_away(classifier: Classifier) -> None:
    calm = "我们两家一直为院墙的事说不到一起，去年量过一次地，村里也来看过，后来就放着了。" * 12
    text = calm + "他刚才拿着刀冲到我家来说要杀了我全家，我现在躲在屋里，救命啊，快来人"
    assert classifier.predict(text).risk[0].code in ("R2", "R3")


def test_batches_and_single_texts_agree(classifier: Classifier) -> None:
    texts = [text for text, _, _ in KNOWN] * 5 + ["", "长" * 700]
    together = classifier.predict_many(texts)
    for text, one in zip(texts, together, strict=True):
        alone = classifier.predict(text)
        assert alone.dispute_types[0].code == one.dispute_types[0].code
        # dynamic int8 shares one activation scale over a batch, so figures move a little
        assert alone.dispute_types[0].probability == pytest.approx(one.dispute_types[0].probability, abs=0.06)


@pytest.mark.parametrize(
    ("text", "context", "intent"),
    [
        ("转人工", "free", "ask_human"),
        ("三万二", "asked_amount", "inform"),
        ("我叫王建国", "asked_name", "inform"),
        ("对，没错", "confirm_summary", "affirm"),
        ("不对，是三万", "confirm_summary", "correct"),
        ("你好", "free", "greet"),
        ("谢谢你啊", "free", "thanks"),
        ("我的案子办到哪一步了", "free", "ask_status"),
        ("不想说这个", "asked_phone", "skip"),
    ],
)
def test_intents_in_the_light_of_what_was_asked(classifier: Classifier, text: str, context: str, intent: str) -> None:
    scores = classifier.intent(text, context)
    assert scores[0].name == intent
    assert sum(score.probability for score in scores) == pytest.approx(1.0, abs=1e-3)


def test_unknown_context_counts_as_free(classifier: Classifier) -> None:
    assert classifier.intent("转人工", "asked_weather") == classifier.intent("转人工", "free")


def test_embeddings_put_like_stories_together(classifier: Classifier) -> None:
    vectors = classifier.embed(["老板拖欠工资三个月", "公司三个月没发工资", "楼上漏水把我家泡了"])
    assert vectors.shape[0] == 3
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-3)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_explanation_names_the_words(classifier: Classifier) -> None:
    reasons = classifier.explain("麻烦问一下，我们老板三个月没发工资了，该找谁")
    assert reasons
    assert any("工资" in reason.text or "老板" in reason.text for reason in reasons)
    assert all(0 < reason.weight <= 1 for reason in reasons)
    assert classifier.explain("") == ()


def test_windows_cover_everything() -> None:
    for length in (0, 1, 254, 255, 508, 5000):
        starts = window_starts(length, 254)
        covered = set()
        for start in starts:
            covered |= set(range(start, min(length, start + 254)))
        assert covered == set(range(length))


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"meta\.json"):
        load(tmp_path)


def test_the_shipped_model_is_small_enough() -> None:
    assert sum(path.stat().st_size for path in (ROOT / "classifier/model").iterdir()) <= 40 * 1024 * 1024


def test_nothing_heavy_is_loaded_at_import() -> None:
    code = "import sys, classifier.runtime; print([m for m in ('torch', 'transformers', 'onnxruntime', 'knowledge') if m in sys.modules])"
    done = subprocess.run([str(ROOT / ".venv/bin/python"), "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_rasa_side_reads_the_same_model(classifier: Classifier) -> None:
    """Python 3.10, numpy 1.23, onnxruntime 1.23: same labels."""
    python = ROOT / "bot/.venv/bin/python"
    if not python.exists():
        pytest.skip("bot/.venv is not installed")
    texts = [text for text, _, _ in KNOWN]
    code = (
        "import json, sys; from pathlib import Path; from classifier.runtime import load\n"
        "c = load(Path('classifier/model'))\n"
        "texts = json.loads(sys.argv[1])\n"
        "print(json.dumps([[c.predict(t).dispute_types[0].code, c.predict(t).dispute_types[0].probability] for t in texts]))"
    )
    done = subprocess.run([str(python), "-c", code, json.dumps(texts)], cwd=ROOT, capture_output=True, text=True, check=True)
    for (code_there, probability), text in zip(json.loads(done.stdout), texts, strict=True):
        here = classifier.predict(text).dispute_types[0]
        assert code_there == here.code
        assert probability == pytest.approx(here.probability, abs=0.05)
