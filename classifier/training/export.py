"""One ONNX graph: encoder and heads, n-gram table, blend; then int8. Output logits are calibrated, a plain softmax gives probabilities."""

from __future__ import annotations

import copy
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from classifier.training.encoder import Encoder
from classifier.training.linear import CONTEXT_WEIGHT, LinearHead
from classifier.training.network import INTENT_HEAD, Network

Array = NDArray[np.float32]
OPSET = 18  # onnxruntime 1.23 (the Rasa side) reads up to 23


@dataclass(frozen=True)
class Blend:
    """Final logits of a head = ``network`` × transformer's + ``table`` × linear margins (temperature already inside)."""

    network: float
    table: float


@dataclass(frozen=True)
class WideTable:
    """All linear heads side by side in one byte a weight: n-gram ``i`` says ``quantised[i + 1] · scale[i + 1]``; row 0 is padding.

    Factorising the table (SVD, rank 96) was tried: types survive, the 140 subtypes fall from 71 % to 23 % by another author.
    """

    quantised: NDArray[np.int8]
    scale: Array
    bias: Array
    context: Array

    @classmethod
    def build(cls, heads: dict[str, LinearHead], order: tuple[str, ...], ngrams: int, contexts: int) -> WideTable:
        """``heads[INTENT_HEAD]`` has ``contexts`` extra rows after the n-grams; they become ``context`` (row 0 is none)."""
        full = np.concatenate([heads[head].weights[:ngrams] for head in order], axis=1)
        rows = np.concatenate((np.zeros((1, full.shape[1]), dtype=np.float32), full))
        scale = np.maximum(np.abs(rows).max(1) / 127, 1e-12).astype(np.float32)
        context = np.zeros((contexts + 1, full.shape[1]), dtype=np.float32)
        at = 0
        for head in order:
            width = len(heads[head].bias)
            if head == INTENT_HEAD:
                context[1:, at : at + width] = heads[head].weights[ngrams:] * CONTEXT_WEIGHT
            at += width
        bias = np.concatenate([heads[head].bias for head in order])
        return cls(np.rint(rows / scale[:, None]).astype(np.int8), scale, bias, context)


class ByteEmbedding(nn.Module):
    """An embedding table in one byte a value and one scale a row (a quarter of the size; the dynamic quantiser would leave it whole)."""

    quantised: Tensor
    scale: Tensor

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        scale = (weight.abs().amax(1, keepdim=True) / 127).clamp(min=1e-12)
        self.register_buffer("quantised", (weight / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, ids: Tensor) -> Tensor:
        return self.quantised[ids].float() * self.scale[ids]


class Exported(nn.Module):
    """What the graph computes."""

    quantised: Tensor
    scale: Tensor
    bias: Tensor
    context: Tensor
    gain: Tensor

    def __init__(self, network: Network, table: WideTable, blends: dict[str, Blend]) -> None:
        super().__init__()
        self.network = network
        self.order = tuple(network.labels.heads)
        self.widths = [len(network.labels.heads[head]) for head in self.order]
        self.blends = blends
        for name in ("quantised", "scale", "bias", "context"):
            self.register_buffer(name, torch.from_numpy(getattr(table, name)))
        gains = [np.full(width, blends[head].table, dtype=np.float32) for head, width in zip(self.order, self.widths, strict=True)]
        self.register_buffer("gain", torch.from_numpy(np.concatenate(gains)))

    def forward(self, ids: Tensor, rows: Tensor, weights: Tensor, context: Tensor) -> tuple[Tensor, ...]:
        pooled = self.network.pool(ids)
        spread = self.quantised[rows].float()
        wide = torch.matmul((weights * self.scale[rows]).unsqueeze(1), spread).squeeze(1)
        wide = (wide + self.bias + self.context[context]) * self.gain
        parts = wide.split(self.widths, dim=-1)
        logits = [
            self.network.heads[f"to_{head}"](pooled) * self.blends[head].network + part
            for head, part in zip(self.order, parts, strict=True)
        ]
        return (*logits, pooled)


def export(module: Exported, path: Path, quantise: bool = True) -> None:
    """Write the graph; with ``quantise`` matrix products and embeddings become int8."""
    import onnx

    module = module.eval()
    if quantise and isinstance(module.network.encoder, Encoder):
        module = copy.deepcopy(module)
        embeddings = module.network.encoder.embeddings
        embeddings["tok_embeddings"] = ByteEmbedding(embeddings["tok_embeddings"].weight.detach())
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(5, 4000, (3, 24), generator=generator)
    rows = torch.randint(0, len(module.quantised), (3, 40), generator=generator)
    inputs = (ids, rows, torch.rand(3, 40, generator=generator), torch.zeros(3, dtype=torch.long))
    batch, length, many = torch.export.Dim("batch"), torch.export.Dim("length", max=1000), torch.export.Dim("many")
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "float.onnx"
        program = torch.onnx.export(
            module,
            inputs,
            dynamo=True,
            opset_version=OPSET,
            input_names=["ids", "rows", "weights", "context"],
            output_names=[*module.order, "vector"],  # "embedding" is a node of the graph already
            dynamic_shapes=({0: batch, 1: length}, {0: batch, 1: many}, {0: batch, 1: many}, {0: batch}),
        )
        assert program is not None
        program.save(str(raw), external_data=False)
        model = onnx.load(str(raw))
        model.ir_version = min(model.ir_version, 10)
        onnx.save(model, str(path))
        if quantise:
            _to_int8(path, raw)


def _to_int8(path: Path, scratch: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    quant_pre_process(str(path), str(scratch), skip_symbolic_shape=True)
    # reduce_range: seven-bit weights, so that CPUs without VNNI do not saturate.
    quantize_dynamic(
        str(scratch), str(path), per_channel=True, reduce_range=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gemm"]
    )
