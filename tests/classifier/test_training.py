"""Training code. Needs torch (requirements/train.in); where it is not installed these tests are skipped, and say so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from common.settings import ROOT

torch = pytest.importorskip("torch", reason="torch is not installed here: training tests need requirements/train.in")

from classifier.runtime import load  # noqa: E402
from classifier.tokenizer import CharTokenizer  # noqa: E402
from classifier.training.__main__ import parse, run  # noqa: E402
from classifier.training.augment import Noise  # noqa: E402
from classifier.training.bases import BaseError, build  # noqa: E402
from classifier.training.calibrate import choose_threshold, coverage_curve, fit_blend  # noqa: E402
from classifier.training.examples import labels_from  # noqa: E402
from classifier.training.finetune import FinetuneConfig  # noqa: E402
from classifier.training.pretrain import PretrainConfig, mask_batch, rate_at  # noqa: E402

SHIPPED = CharTokenizer.load(ROOT / "classifier/model")
LABELS = labels_from(("LD01", "LL02"), ("greet", "inform"), ("free", "asked_amount"))


@pytest.fixture
def tiny_bert(tmp_path: Path) -> str:
    """A Hugging Face BERT checkpoint of two layers, made here."""
    from transformers import BertConfig, BertModel, BertTokenizer

    folder = tmp_path / "tiny"
    folder.mkdir()
    vocabulary = [token for token in SHIPPED.vocabulary if not token.startswith("[CTX:")]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    shape = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=512,
    )
    BertModel(shape).save_pretrained(folder)
    return str(folder)


@pytest.mark.filterwarnings("ignore")  # of the exporter
def test_any_hugging_face_checkpoint_can_be_the_base(tiny_bert: str, tmp_path: Path) -> None:
    """The whole path of ``--base``: train a little, export, load without torch's help, predict."""
    out, work = tmp_path / "model", tmp_path / "work"
    common = ["--base", tiny_bert, "--out", str(out), "--work", str(work), "--pretrain-minutes", "0", "--epochs", "0.2"]
    run(parse([*common, "--most-rows", "400", "--threads", "1", "--questions", str(tmp_path / "absent.jsonl")]))
    made = load(out)
    prediction = made.predict("老板拖欠工资不给")
    assert len(prediction.dispute_types) == 3
    assert made.predict("老板欠薪。" * 400).model_version == made.version
    assert made.intent("转人工")[0].probability > 0


def test_a_base_with_another_padding_is_refused(tiny_bert: str) -> None:
    folder = Path(tiny_bert)
    tokens = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
    for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        (folder / name).unlink(missing_ok=True)
    (folder / "vocab.txt").write_text("\n".join([*tokens[1:], tokens[0]]), encoding="utf-8")
    with pytest.raises(BaseError, match="PAD"):
        build(tiny_bert, LABELS, SHIPPED, 0.1)


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"masked_share": 0.9}, {"longest": 4}, {"average": 1.0}])
def test_nonsense_settings_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        FinetuneConfig(**wrong)  # type: ignore[arg-type]


def test_pretraining_rate_warms_up_holds_and_falls() -> None:
    config = PretrainConfig(Path("d"), Path("b"), Path("o"), minutes=10, warm_up_minutes=1, decay_from=0.5, peak_rate=1.0)
    assert rate_at(config, 0.5) == pytest.approx(0.5)
    assert rate_at(config, 4.0) == pytest.approx(1.0)
    assert rate_at(config, 7.5) == pytest.approx(0.5)
    assert rate_at(config, 10.0) == pytest.approx(0.05)


def test_masking_hides_about_the_share_and_never_special_tokens() -> None:
    ids = torch.randint(5, 4000, (48, 128))
    ids[:, 0] = SHIPPED.cls
    masked, where = mask_batch(ids, 0.28, SHIPPED, torch.Generator().manual_seed(1))
    assert 0.15 < (masked != ids).float().mean().item() < 0.33
    assert (masked[:, 0] == SHIPPED.cls).all()
    assert len(where) == int(0.9 * 0.28 * ids.numel())
    assert (ids.flatten()[where] >= 5).all()


def test_noise_changes_texts_but_never_empties_them() -> None:
    noise = Noise({"钱": ["前", "欠"]}, np.random.default_rng(1), 1.0)
    made = [noise("老板欠我钱，三个月没给了。") for _ in range(200)]
    assert all(made)
    assert len(set(made)) > 30


def test_blend_leans_on_the_half_that_knows() -> None:
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 3, 600)
    targets = np.eye(3, dtype=np.float32)[truth]
    knows = (targets * 2 + rng.normal(0, 1, (600, 3))).astype(np.float32)
    guesses = rng.normal(0, 1, (600, 3)).astype(np.float32)
    blend = fit_blend(knows, guesses, targets)
    assert blend.network > 5 * blend.table


def test_threshold_comes_from_the_curve() -> None:
    confident = np.array([[0.95, 0.05]] * 80 + [[0.55, 0.45]] * 20, dtype=np.float32)
    right = np.array([True] * 76 + [False] * 4 + [True] * 8 + [False] * 12)
    point = choose_threshold(coverage_curve(confident, right), accuracy=0.9, least_coverage=0.7)
    assert 0.55 < point.threshold <= 0.95
    assert point.coverage == pytest.approx(0.8)
    assert point.accuracy == pytest.approx(0.95)
