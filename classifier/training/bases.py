"""What the network may stand on: our small encoder folder, or any Hugging Face checkpoint (``--base``, name or folder)."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import Tensor, nn

from classifier.tokenizer import CharTokenizer
from classifier.training.encoder import EncoderConfig, load_masked
from classifier.training.network import Labels, Network


class BaseError(ValueError):
    """The base cannot serve: says why."""


class GeneralBody(nn.Module):
    """A transformers model with the call of our encoder: (ids, mask) → states."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        states: Tensor = self.model(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        return states


def is_ours(base: str) -> bool:
    """Our own layout: a folder with config.json of ModernBERT's shape (or ours) and bias-free weights under our names."""
    config = Path(base) / "config.json"
    if not config.exists() or not (Path(base) / "model.safetensors").exists():
        return False
    raw = json.loads(config.read_text(encoding="utf-8"))
    return raw.get("model_type", "modernbert") == "modernbert" and raw.get("vocab_size") == 4529


def with_contexts(vocabulary: list[str], contexts: tuple[str, ...]) -> list[str]:
    """The vocabulary plus one token a context, at the end."""
    return vocabulary + [token for token in (f"[CTX:{name}]" for name in contexts) if token not in vocabulary]


def build(base: str, labels: Labels, shipped: CharTokenizer, dropout: float) -> tuple[Network, CharTokenizer]:
    """Network on ``base`` and the tokenizer that goes with it.

    Args:
        shipped: our tokenizer; another base brings its own vocabulary and keeps only our map to simplified characters.

    Raises:
        BaseError: the vocabulary lacks single characters' special tokens, or padding is not id 0.
    """
    return _ours(Path(base), labels, shipped, dropout) if is_ours(base) else _general(base, labels, shipped)


def _ours(base: Path, labels: Labels, shipped: CharTokenizer, dropout: float) -> tuple[Network, CharTokenizer]:
    own = CharTokenizer.load(base).vocabulary if (base / "vocab.txt").exists() else shipped.vocabulary
    tokenizer = CharTokenizer(with_contexts(own, labels.contexts), shipped.simplified)
    masked = load_masked(base)
    config = EncoderConfig(**{**masked.model.config.__dict__, "vocab_size": len(tokenizer.vocabulary)})
    network = Network(config, labels, dropout)
    state = masked.model.state_dict()
    old = state["embeddings.tok_embeddings.weight"]
    # Tokens added since pre-training (contexts) start near the mean.
    fresh = old.mean(0, keepdim=True) + 0.02 * torch.randn(len(tokenizer.vocabulary) - len(old), old.shape[1])
    state["embeddings.tok_embeddings.weight"] = torch.cat((old, fresh))
    network.encoder.load_state_dict(state)
    return network, tokenizer


def _general(base: str, labels: Labels, shipped: CharTokenizer) -> tuple[Network, CharTokenizer]:
    from transformers import AutoModel, AutoTokenizer

    pieces = AutoTokenizer.from_pretrained(base).get_vocab()
    vocabulary = [token for token, _ in sorted(pieces.items(), key=lambda item: item[1])]
    missing = [token for token in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]") if token not in pieces]
    if missing:
        raise BaseError(f"{base}: the vocabulary has no {' '.join(missing)}; a BERT-style Chinese checkpoint is needed")
    if pieces["[PAD]"] != 0:
        raise BaseError(f"{base}: [PAD] must be id 0, it is {pieces['[PAD]']}")
    model = AutoModel.from_pretrained(base, attn_implementation="sdpa")
    tokenizer = CharTokenizer(with_contexts(vocabulary, labels.contexts), shipped.simplified)
    model.resize_token_embeddings(len(tokenizer.vocabulary), mean_resizing=False)
    config = EncoderConfig(vocab_size=len(tokenizer.vocabulary), hidden_size=int(model.config.hidden_size), num_attention_heads=1)
    return Network(config, labels, body=GeneralBody(model)), tokenizer
