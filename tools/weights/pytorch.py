"""Loads exported weights by name into the reference's PyTorch model, and into its fused form, and writes their logits.

    python pytorch.py DIR      # every folder in it: config.json, images, trained and fused .safetensors -> logits.safetensors
"""
import json
import pathlib
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import load_file, save_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "src" / "training" / "checks" / "reference-cases"))
from reference import Block, RepConv, build  # noqa: E402  (needs the path above)


class Fused(nn.Conv2d):
    """What a layer becomes: one 3x3 convolution with bias, and its ReLU."""

    def __init__(self, cin, cout, stride, act):
        super().__init__(cin, cout, 3, stride, 1)
        self.act = act

    def forward(self, x):
        y = super().forward(x)
        return F.relu(y) if self.act else y


def with_bias(conv):
    return nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, conv.padding)


def fuse(model, names):
    """The model with every layer's branches replaced; what has a bias in the file gets one, norms that are not there went into it."""
    layers = [name for name, module in model.named_modules() if isinstance(module, (Block, RepConv))]
    for name, module in list(model.named_modules()):
        if any(name.startswith(f"{layer}.") for layer in layers):
            continue
        if isinstance(module, Block):
            new = Fused(module.conv.conv3x3.in_channels, module.conv.conv3x3.out_channels, module.conv.conv3x3.stride, module.act)
        elif isinstance(module, RepConv) and f"{name}.weight" in names:
            new = Fused(module.conv3x3.in_channels, module.conv3x3.out_channels, module.conv3x3.stride, False)
        elif isinstance(module, nn.Conv2d) and module.bias is None and f"{name}.bias" in names:
            new = with_bias(module)
        elif isinstance(module, nn.BatchNorm2d) and f"{name}.weight" not in names:
            new = nn.Identity()
        else:
            continue
        parent, _, last = name.rpartition(".")
        setattr(model.get_submodule(parent), last, new)
    return model


def logits(model, state, x):
    """By name, nothing missing and nothing left over but PyTorch's own counters of batches."""
    missing, unexpected = model.load_state_dict({k: v.double() for k, v in state.items()}, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    assert not missing and not unexpected, (missing, unexpected)
    model.eval()
    with torch.no_grad():
        return model(x).float().contiguous()


for folder in sorted(path for path in pathlib.Path(sys.argv[1]).iterdir() if path.is_dir()):
    config = json.loads((folder / "config.json").read_text())
    x = load_file(folder / "images.safetensors")["x"].double()
    trained, fused = (load_file(folder / f"{form}.safetensors") for form in ("trained", "fused"))
    with safe_open(folder / "trained.safetensors", "pt") as file:
        assert file.metadata()["format"] == "branch-lab", file.metadata()
    save_file(
        {
            "trained": logits(build(config), trained, x),
            "fused": logits(fuse(build(config), fused), fused, x),
        },
        folder / "logits.safetensors",
    )
