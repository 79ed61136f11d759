"""The encoder in plain torch: pre-norm, rotary positions, gated feed-forward (ModernBERT's shape and weight names).

Our own short implementation because it exports to a small clean ONNX graph and trains faster on CPU than the general one.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class EncoderConfig:
    """Shape of the encoder."""

    vocab_size: int = 4529
    hidden_size: int = 256
    num_hidden_layers: int = 4
    num_attention_heads: int = 4
    intermediate_size: int = 512
    max_position_embeddings: int = 1024
    rope_theta: float = 160000.0
    norm_eps: float = 1e-5

    def __post_init__(self) -> None:
        if self.hidden_size % self.num_attention_heads or (self.hidden_size // self.num_attention_heads) % 2:
            raise ValueError("hidden_size must split into heads of even width")

    @classmethod
    def load(cls, folder: Path) -> EncoderConfig:
        raw = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        rope = raw.get("rope_parameters", {}).get("full_attention", {})
        values = {name: raw[name] for name in cls.__dataclass_fields__ if name in raw}
        return cls(**{**values, "rope_theta": raw.get("rope_theta", rope.get("rope_theta", 160000.0))})

    def save(self, folder: Path) -> None:
        (folder / "config.json").write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")


def rotary_tables(config: EncoderConfig) -> tuple[Tensor, Tensor]:
    """Cosine and sine, each (positions, head width)."""
    width = config.hidden_size // config.num_attention_heads
    frequency = 1.0 / config.rope_theta ** (torch.arange(0, width, 2, dtype=torch.float32) / width)
    angle = torch.outer(torch.arange(config.max_position_embeddings, dtype=torch.float32), frequency)
    angle = torch.cat((angle, angle), dim=-1)
    return angle.cos(), angle.sin()


def _rotate(x: Tensor) -> Tensor:
    left, right = x.chunk(2, dim=-1)
    return torch.cat((-right, left), dim=-1)


class Attention(nn.Module):
    """Full self-attention; ``bias`` is (batch, 1, 1, length), 0 or a large negative number."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.heads = config.num_attention_heads
        self.Wqkv = nn.Linear(config.hidden_size, 3 * config.hidden_size, bias=False)
        self.Wo = nn.Linear(config.hidden_size, config.hidden_size, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, bias: Tensor | None) -> Tensor:
        batch, length, hidden = x.shape
        q, k, v = self.Wqkv(x).view(batch, length, 3, self.heads, hidden // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        q = (q * cos + _rotate(q) * sin).to(v.dtype)
        k = (k * cos + _rotate(k) * sin).to(v.dtype)
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        return self.Wo(mixed.transpose(1, 2).reshape(batch, length, hidden))


class FeedForward(nn.Module):
    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.Wi = nn.Linear(config.hidden_size, 2 * config.intermediate_size, bias=False)
        self.Wo = nn.Linear(config.intermediate_size, config.hidden_size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        value, gate = self.Wi(x).chunk(2, dim=-1)
        return self.Wo(F.gelu(value) * gate)


class Layer(nn.Module):
    def __init__(self, config: EncoderConfig, first: bool) -> None:
        super().__init__()
        self.attn_norm = nn.Identity() if first else nn.LayerNorm(config.hidden_size, eps=config.norm_eps, bias=False)
        self.attn = Attention(config)
        self.mlp_norm = nn.LayerNorm(config.hidden_size, eps=config.norm_eps, bias=False)
        self.mlp = FeedForward(config)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, bias: Tensor | None, dropout: float) -> Tensor:
        x = x + F.dropout(self.attn(self.attn_norm(x), cos, sin, bias), dropout, self.training)
        return x + F.dropout(self.mlp(self.mlp_norm(x)), dropout, self.training)


class Encoder(nn.Module):
    """(batch, length) ids → (batch, length, hidden)."""

    cos: Tensor
    sin: Tensor

    def __init__(self, config: EncoderConfig, dropout: float = 0.0) -> None:
        super().__init__()
        self.config = config
        self.dropout = dropout
        self.embeddings = nn.ModuleDict(
            {
                "tok_embeddings": nn.Embedding(config.vocab_size, config.hidden_size, padding_idx=0),
                "norm": nn.LayerNorm(config.hidden_size, eps=config.norm_eps, bias=False),
            }
        )
        self.layers = nn.ModuleList([Layer(config, i == 0) for i in range(config.num_hidden_layers)])
        self.final_norm = nn.LayerNorm(config.hidden_size, eps=config.norm_eps, bias=False)
        cos, sin = rotary_tables(config)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        length = ids.shape[1]
        bias = None if mask is None else (1.0 - mask[:, None, None, :].float()) * -1e4
        x = self.embeddings["norm"](self.embeddings["tok_embeddings"](ids))
        x = F.dropout(x, self.dropout, self.training)
        for layer in self.layers:
            x = layer(x, self.cos[:length], self.sin[:length], bias, self.dropout)
        return self.final_norm(x)


class MaskedLanguageModel(nn.Module):
    """Encoder plus the word-piece head; logits only where asked (the head is a third of the cost otherwise)."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.model = Encoder(config)
        self.head = nn.ModuleDict(
            {
                "dense": nn.Linear(config.hidden_size, config.hidden_size, bias=False),
                "norm": nn.LayerNorm(config.hidden_size, eps=config.norm_eps, bias=False),
            }
        )
        self.decoder_bias = nn.Parameter(torch.zeros(config.vocab_size))

    def forward(self, ids: Tensor, where: Tensor) -> Tensor:
        x = self.model(ids).reshape(-1, self.model.config.hidden_size)[where]
        x = self.head["norm"](F.gelu(self.head["dense"](x)))
        return F.linear(x, self.model.embeddings["tok_embeddings"].weight, self.decoder_bias)


def load_masked(folder: Path) -> MaskedLanguageModel:
    """Read ``config.json`` and ``model.safetensors`` (ModernBERT names) as float32."""
    from safetensors.torch import load_file

    model = MaskedLanguageModel(EncoderConfig.load(folder))
    state = {name: tensor.float() for name, tensor in load_file(str(folder / "model.safetensors")).items()}
    state["decoder_bias"] = state.pop("decoder.bias")
    state.pop("decoder.weight", None)
    model.load_state_dict(state)
    return model


def save_masked(model: MaskedLanguageModel, folder: Path) -> None:
    """Write the checkpoint atomically, float16, with the names :func:`load_masked` reads."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    state = {name: tensor.detach().half().contiguous() for name, tensor in model.state_dict().items()}
    state["decoder.bias"] = state.pop("decoder_bias")
    save_file(state, str(folder / "model.tmp"))
    (folder / "model.tmp").replace(folder / "model.safetensors")
    model.model.config.save(folder)
