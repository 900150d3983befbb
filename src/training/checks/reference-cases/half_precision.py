"""How far PyTorch's own half precision is from the reference on the first step of its cases: what the lab's may be held to.

python half_precision.py: for each case beside this file the largest relative error of the logits, of any parameter's gradient
(compared as src/training/parity.ts does), and that of all gradients as one vector, under torch.autocast on the CPU.
"""

import json
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from reference import build

GRADIENT_FLOOR = 5e-3
# Keeps small gradients from becoming zero, as a gradient scaler would.
LOSS_SCALE = 2048


def errors(folder):
    cfg = json.loads((folder / "config.json").read_text())
    golden = load_file(folder / "tensors.safetensors")
    model = build(cfg).double()
    state = {name: golden.get(f"init.{name}", value) for name, value in model.state_dict().items()}
    model.load_state_dict(state)
    model.float()
    with torch.autocast("cpu", dtype=torch.float16):
        logits = model(golden["x"][0].float()).float()
    smoothing = cfg["optim"].get("labelSmoothing", 0.0)
    (F.cross_entropy(logits, golden["y"][0].long(), label_smoothing=smoothing) * LOSS_SCALE).backward()
    pairs = [(p.grad.double() / LOSS_SCALE, golden[f"grad.{name}"].double()) for name, p in model.named_parameters()]
    largest = max(expected.abs().max() for _, expected in pairs)
    worst = max((found - e).abs().max() / max(e.abs().max(), GRADIENT_FLOOR * largest) for found, e in pairs)
    apart, length = (sum(v.square().sum() for v in values) for values in zip(*(((f - e), e) for f, e in pairs)))
    off = (logits.double() - golden["logits"]).abs().max() / golden["logits"].abs().max()
    return off.item(), worst.item(), (apart / length).sqrt().item()


if __name__ == "__main__":
    for config in sorted(pathlib.Path(__file__).parent.glob("*/config.json")):
        try:
            print(config.parent.name.ljust(40), *(f"{value:10.1e}" for value in errors(config.parent)))
        except (KeyError, RuntimeError) as error:
            print(config.parent.name.ljust(40), str(error).splitlines()[0])
