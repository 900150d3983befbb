"""Numerical reference for the lab's networks, in PyTorch, float64, with the block variants that the first one lacks.

It says what a configuration *means*, and writes the golden cases that a trainer is checked against.

    python3 -m venv venv && venv/bin/pip install torch==2.13.0 numpy safetensors
    venv/bin/python reference.py OUT_DIR [CASE ...]      # one folder a case: config.json, tensors.safetensors

Layout is PyTorch's: images NCHW, kernels [out, in, kh, kw]. Images are already normalised.
"""
import json
import math
import pathlib
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import save_file

torch.set_default_dtype(torch.float64)


class Scale(nn.Module):
    """Per-output-channel multiplication layer: y[n,c,h,w] = weight[c] * x[n,c,h,w]."""

    def __init__(self, channels, init):
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,), float(init)))

    def forward(self, x):
        return x * self.weight.view(1, -1, 1, 1)


def transform(kind, channels, init):
    return {"none": lambda: nn.Identity(), "scale": lambda: Scale(channels, init), "bn": lambda: nn.BatchNorm2d(channels)}[kind]()


class Constant(nn.Module):
    """Times a number that is never trained."""

    def __init__(self, value):
        super().__init__()
        self.value = value

    def forward(self, x):
        return x * self.value


class BnPad(nn.BatchNorm2d):
    """Batch norm, then a border of one pixel with its value of a zero input under the running statistics (after this
    pass's update), not differentiated: DingXiaoH/DiverseBranchBlock's BNAndPadLayer."""

    def forward(self, x):
        y = super().forward(x)
        v = self.bias.detach() - self.running_mean * self.weight.detach() / torch.sqrt(self.running_var + self.eps)
        v = v.view(1, -1, 1, 1)
        return F.pad(y - v, (1, 1, 1, 1)) + v


def bn(channels, gamma):
    norm = nn.BatchNorm2d(channels)
    nn.init.constant_(norm.weight, gamma)
    return norm


class RepConv(nn.Module):
    """Sum of the enabled branches, each followed by its transform (none, constant, scale, weightnorm or bn).
    Convolutions carry no bias. copies: further 3x3 branches. conv3x1, conv1x3: ACB's. seq3x3, seqAvg: DBB's 1x1-bn-3x3-bn
    and 1x1-bn-average-bn. relu: after every transform. form gradmult: one 3x3 kernel with RepOpt's multiplied gradient.

    identity exists only where in == out and stride == 1. conv1x1 has padding 0; conv3x3 has padding 1.
    """

    def __init__(self, cin, cout, stride, branches, index, relu=False, form="branches"):
        super().__init__()
        init = {"one": 1.0, "repopt": math.sqrt(2 / index) if index > 0 else 1.0, "value": branches.get("scaleValue", 0.1)}[branches.get("scaleInit", "one")]
        gamma = branches.get("gammaInit", 1.0)
        self.relu, self.weightnorm, self.parts = relu, set(), []
        has_identity = "identity" in branches and cin == cout and stride == 1

        def add(name, conv, kind, start=init):
            setattr(self, name, conv)
            made = {"none": lambda: nn.Identity(), "constant": lambda: Constant(start), "scale": lambda: Scale(cout, start),
                    "weightnorm": lambda: Scale(cout, start), "bn": lambda: bn(cout, gamma)}[kind]()
            setattr(self, name + "_t", made)
            if kind == "weightnorm":
                self.weightnorm.add(name)
            self.parts.append(name)

        if form == "gradmult":
            self.conv3x3 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False)
            const = lambda key: {"constant": init, "none": 1.0}[branches[key]] if key in branches else 0.0
            factor = torch.full((cout, cin, 3, 3), const("conv3x3") ** 2)
            factor[:, :, 1, 1] += const("conv1x1") ** 2
            if has_identity and branches["identity"] == "scale":
                factor[range(cout), range(cout), 1, 1] += 1.0
            self.conv3x3.weight.register_hook(lambda g: g * factor)
            self.conv3x3_t = nn.Identity()
            self.parts = ["conv3x3"]
            return
        if "conv3x3" in branches:
            for copy in range(branches.get("copies", 1)):
                add("conv3x3" + (f"_{copy + 1}" if copy else ""), nn.Conv2d(cin, cout, 3, stride, 1, bias=False), branches["conv3x3"])
        if "conv1x1" in branches:
            add("conv1x1", nn.Conv2d(cin, cout, 1, stride, 0, bias=False), branches["conv1x1"])
        if "conv3x1" in branches:
            add("conv3x1", nn.Conv2d(cin, cout, (3, 1), stride, (1, 0), bias=False), branches["conv3x1"])
        if "conv1x3" in branches:
            add("conv1x3", nn.Conv2d(cin, cout, (1, 3), stride, (0, 1), bias=False), branches["conv1x3"])
        if "seq3x3" in branches:
            self.seq3x3_1, self.seq3x3_n = nn.Conv2d(cin, cin, 1, bias=False), BnPad(cin)
            add("seq3x3", nn.Conv2d(cin, cout, 3, stride, 0, bias=False), "bn")
        if "seqAvg" in branches:
            self.seqAvg_1, self.seqAvg_n = nn.Conv2d(cin, cout, 1, bias=False), BnPad(cout)
            add("seqAvg", nn.AvgPool2d(3, stride, 0), "bn")
        if has_identity:
            add("identity", nn.Identity(), branches["identity"], 1.0)

    def part(self, name, x):
        conv = getattr(self, name)
        if name in self.weightnorm:
            w = conv.weight
            y = F.conv2d(x, w / w.square().sum((1, 2, 3), keepdim=True).sqrt(), None, conv.stride, conv.padding)
        else:
            y = conv(getattr(self, name + "_n")(getattr(self, name + "_1")(x)) if name.startswith("seq") else x)
        y = getattr(self, name + "_t")(y)
        return F.relu(y) if self.relu else y

    def forward(self, x, but=None):
        return sum(self.part(name, x) for name in self.parts if name != but)


class Block(nn.Module):
    """relu(factor * norm(RepConv(x))); norm is batch norm after the sum, or nothing. identityAt "past": the identity is
    added after the norm. factorAt "sum" multiplies before the norm, "norm" its output, "output" everything.
    """

    def __init__(self, cin, cout, stride, cfg, index, act=True):
        super().__init__()
        self.conv = RepConv(cin, cout, stride, cfg["branches"], index, cfg.get("branchRelu", False), cfg.get("form", "branches"))
        self.norm = nn.BatchNorm2d(cout) if cfg["norm"] == "post" else nn.Identity()
        self.factor, self.at, self.act = cfg.get("factor", 1.0), cfg.get("factorAt", "output"), act
        self.past = cfg.get("identityAt", "sum") == "past" and "identity" in self.conv.parts

    def forward(self, x):
        y = self.conv(x, "identity" if self.past else None)
        y = self.norm(y * self.factor) if self.at == "sum" else self.norm(y)
        y = y * self.factor if self.at == "norm" else y
        y = y + self.conv.part("identity", x) if self.past else y
        y = y * self.factor if self.at == "output" else y
        return F.relu(y) if self.act else y


class Pair(nn.Module):
    """Two layers with a shortcut around them: the identity, or a 1x1 convolution with batch norm where the shape changes."""

    def __init__(self, cin, cout, stride, block, index):
        super().__init__()
        self.unit1 = Block(cin, cout, stride, block, index)
        self.unit2 = Block(cout, cout, 1, block, index + 1, act=False)
        if cin != cout or stride != 1:
            self.shortcut = nn.Conv2d(cin, cout, 1, stride, 0, bias=False)
            self.shortcut_norm = nn.BatchNorm2d(cout)

    def forward(self, x):
        past = self.shortcut_norm(self.shortcut(x)) if hasattr(self, "shortcut") else x
        return F.relu(self.unit2(self.unit1(x)) + past)


class RepVgg(nn.Module):
    """A plain stack: stages of blocks, the first block of a stage carrying its stride; global mean; linear."""

    def __init__(self, net, block):
        super().__init__()
        blocks, cin = [], 3
        for depth, width, stride in zip(net["depths"], net["widths"], net["strides"]):
            i = 0
            while i < depth:  # with shortcuts over pairs an odd layer comes first, alone
                pair = net.get("shortcuts") == "pairs" and (depth - i) % 2 == 0
                blocks.append((Pair if pair else Block)(cin, width, stride if i == 0 else 1, block, i))
                cin, i = width, i + (2 if pair else 1)
        self.blocks = nn.ModuleList(blocks)
        self.head = nn.Linear(cin, net["classes"])

    def forward(self, x):
        for b in self.blocks:
            x = b(x)
        return self.head(x.mean((2, 3)))


PLAIN = {"branches": {"conv3x3": "none"}, "norm": "post"}


def pad_shortcut(x, cout, stride):
    """Option A of He et al.: subsample by stride, zero-fill the new channels (half before, half after)."""
    x = x[:, :, ::stride, ::stride]
    extra = cout - x.shape[1]
    return F.pad(x, (0, 0, 0, 0, extra // 2, extra - extra // 2)) if extra else x


class BasicBlock(nn.Module):
    def __init__(self, cin, cout, stride, block):
        super().__init__()
        self.cout, self.stride = cout, stride
        self.unit1 = Block(cin, cout, stride, block, 0)
        self.unit2 = Block(cout, cout, 1, block, 1, act=False)

    def forward(self, x):
        return F.relu(self.unit2(self.unit1(x)) + pad_shortcut(x, self.cout, self.stride))


class ResNet(nn.Module):
    """CIFAR ResNet of depth 6n+2: a plain stem, three stages of n basic blocks, widths w, 2w, 4w."""

    def __init__(self, net, block):
        super().__init__()
        n, w = (net["depth"] - 2) // 6, net["width"]
        self.stem = Block(3, w, 1, PLAIN, 0)
        blocks, cin = [], w
        for stage in range(3):
            for i in range(n):
                cout = w << stage
                blocks.append(BasicBlock(cin, cout, 2 if stage and i == 0 else 1, block))
                cin = cout
        self.blocks = nn.ModuleList(blocks)
        self.head = nn.Linear(cin, net["classes"])

    def forward(self, x):
        x = self.stem(x)
        for b in self.blocks:
            x = b(x)
        return self.head(x.mean((2, 3)))


class PreActBlock(nn.Module):
    """Wide ResNet's block: bn-relu-conv twice; a 1x1 projection (of the activated input) where the shape changes."""

    def __init__(self, cin, cout, stride, block):
        super().__init__()
        self.norm1, self.norm2 = nn.BatchNorm2d(cin), nn.BatchNorm2d(cout)
        self.conv1 = RepConv(cin, cout, stride, block["branches"], 0, block.get("branchRelu", False))
        self.conv2 = RepConv(cout, cout, 1, block["branches"], 1, block.get("branchRelu", False))
        self.project = nn.Conv2d(cin, cout, 1, stride, 0, bias=False) if cin != cout or stride != 1 else None

    def forward(self, x):
        a = F.relu(self.norm1(x))
        y = self.conv2(F.relu(self.norm2(self.conv1(a))))
        return y + (self.project(a) if self.project is not None else x)


class WideResNet(nn.Module):
    """WRN-d-k: a plain 3x3 stem of 16 channels, three stages of (d-4)/6 pre-activation blocks, widths 16k, 32k, 64k."""

    def __init__(self, net, block):
        super().__init__()
        n, k, base = (net["depth"] - 4) // 6, net["widen"], net.get("base", 16)
        self.stem = nn.Conv2d(3, base, 3, 1, 1, bias=False)
        blocks, cin = [], base
        for stage in range(3):
            for i in range(n):
                cout = base * k << stage
                blocks.append(PreActBlock(cin, cout, 2 if stage and i == 0 else 1, block))
                cin = cout
        self.blocks = nn.ModuleList(blocks)
        self.norm = nn.BatchNorm2d(cin)
        self.head = nn.Linear(cin, net["classes"])

    def forward(self, x):
        x = self.stem(x)
        for b in self.blocks:
            x = b(x)
        return self.head(F.relu(self.norm(x)).mean((2, 3)))


def build(cfg):
    return {"repvgg": RepVgg, "resnet": ResNet, "wrn": WideResNet}[cfg["network"]["family"]](cfg["network"], cfg["block"])


def is_scale(name, model):
    return isinstance(model.get_submodule(name.rpartition(".")[0]), Scale)


def groups(model, opt):
    """SGD groups. Biases (batch norm's beta, the head's bias): no decay, lr x biasLr. Batch norm's gamma: no decay,
    except on the identity branch (as RepVGG's own script has it). Scales: decay by opt.decayScales (none, identity, all), lr x scaleLr."""
    out = []
    for name, p in model.named_parameters():
        lr, wd = opt["lr"], opt["weightDecay"]
        if is_scale(name, model):
            lr *= opt.get("scaleLr", 1)
            keep = opt.get("decayScales", "all")
            wd = wd if keep == "all" or (keep == "identity" and "identity_t" in name) else 0
        elif name.endswith("bias"):
            lr, wd = lr * opt.get("biasLr", 1), 0
        elif p.ndim == 1:
            wd = wd if "identity_t" in name else 0
        out.append({"params": [p], "lr": lr, "weight_decay": wd})
    return out


def case(name, cfg, steps=3, batch=8, seed=0):
    g = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed + 1)
    model = build(cfg)
    with torch.no_grad():  # move every 1-D parameter off its resting value, so that no gradient hides behind a symmetry
        for _, p in model.named_parameters():
            if p.ndim == 1:
                p.add_(torch.randn(p.shape, generator=g) * 0.1)
        for _, p in model.named_parameters():
            p.copy_(p.float().double())
    xs = torch.randn(steps, batch, 3, cfg["size"], cfg["size"], generator=g).float().double()
    ys = torch.randint(0, cfg["network"]["classes"], (steps, batch), generator=g)
    opt = cfg["optim"]
    sgd = torch.optim.SGD(groups(model, opt), lr=opt["lr"], momentum=opt["momentum"], nesterov=opt.get("nesterov", False))
    out = {f"init.{k}": v.clone() for k, v in model.state_dict().items() if v.is_floating_point()}
    out["x"], out["y"], losses = xs, ys.to(torch.int32), []
    for t in range(steps):
        logits = model(xs[t])
        loss = F.cross_entropy(logits, ys[t], label_smoothing=opt.get("labelSmoothing", 0.0))
        sgd.zero_grad()
        loss.backward()
        if t == 0:
            out["logits"] = logits.detach().clone()
            out |= {f"grad.{k}": p.grad.clone() for k, p in model.named_parameters()}
        losses.append(loss.item())
        sgd.step()
    out |= {f"final.{k}": v.clone() for k, v in model.state_dict().items() if v.is_floating_point()}
    model.eval()
    with torch.no_grad():
        out["eval.logits"] = model(xs[0])
    return {"name": name, **cfg, "losses": losses}, {k: (v.float() if v.is_floating_point() else v).contiguous() for k, v in out.items()}


REPVGG = {"conv3x3": "bn", "conv1x1": "bn", "identity": "bn"}
SIMPLE = {"conv3x3": "scale", "conv1x1": "scale", "identity": "scale"}
SGD = {"lr": 0.1, "momentum": 0.9, "weightDecay": 1e-3, "decayScales": "all", "biasLr": 2}


def cfg(branches, norm="post", factor=1.0, at="output", net=None, block=None, **optim):
    return {"network": net or SMALL, "block": {"branches": branches, "norm": norm, "factor": factor, "factorAt": at, **(block or {})}, "size": 8, "optim": {**SGD, **optim}}


SMALL = {"family": "repvgg", "depths": [1, 2, 2], "widths": [4, 4, 8], "strides": [1, 1, 2], "classes": 10}
CONSTANT = {"conv3x3": "constant", "conv1x1": "constant", "identity": "scale"}
RESNET = {"family": "resnet", "depth": 8, "width": 4, "classes": 10}
WRN = {"family": "wrn", "depth": 10, "widen": 2, "base": 4, "classes": 10}

CASES = {
    "x-qarepvgg": cfg({"conv3x3": "bn", "conv1x1": "none", "identity": "none"}),
    "x-csla": cfg({**CONSTANT, "scaleInit": "repopt"}),
    "x-csla-value": cfg({**CONSTANT, "scaleInit": "value", "scaleValue": 0.5}, lr=0.05),
    "x-gradmult": cfg({**CONSTANT, "scaleInit": "repopt"}, block={"form": "gradmult"}, weightDecay=0),
    "x-trivial": cfg({"conv3x3": "none", "identity": "none"}),
    # From 1, not from 0.1: after the random shift of every case a scale of 0.1 may lie next to zero, where nothing is well-conditioned.
    "x-diracnet": cfg({"conv3x3": "weightnorm", "identity": "scale", "scaleInit": "value", "scaleValue": 1.0}),
    "x-acb": cfg({"conv3x3": "bn", "conv3x1": "bn", "conv1x3": "bn", "gammaInit": 1 / 3}, norm="none"),
    "x-dbb": cfg({"conv3x3": "bn", "conv1x1": "bn", "seq3x3": "bn", "seqAvg": "bn"}, norm="none", lr=0.05),
    # Widths that no vector width divides, and that grow past the next one: 5 -> 12 -> 20.
    "x-dbb-odd-widths": cfg({"conv3x3": "bn", "conv1x1": "bn", "seq3x3": "bn", "seqAvg": "bn"}, norm="none", net={**SMALL, "widths": [5, 12, 20]}, lr=0.05),
    "x-simplified-odd-widths": cfg(SIMPLE, net={**SMALL, "widths": [5, 12, 20]}, lr=0.05),
    "x-mobileone": cfg({**REPVGG, "copies": 3}, norm="none", lr=0.05),
    "x-relu-in-branches": cfg(REPVGG, norm="none", block={"branchRelu": True}),
    "x-identity-past-norm": cfg(SIMPLE, factor=2.0, block={"identityAt": "past"}, lr=0.02),
    "x-identity-past-norm-factor-on-norm": cfg(SIMPLE, factor=2.0, at="norm", block={"identityAt": "past"}, lr=0.05),
    "x-thin-scaled": cfg({"conv3x3": "scale", "conv3x1": "scale", "conv1x3": "none", "identity": "scale"}),
    "x-residual-reorg": cfg({"conv3x3": "none"}, net={**SMALL, "depths": [1, 2, 3], "shortcuts": "pairs"}),
    "x-resnet8-repvgg": cfg(REPVGG, norm="none", factor=2.0, net=RESNET, lr=0.02),
    "x-resnet8-simplified": cfg(SIMPLE, net=RESNET),
    "x-wrn10-2-repvgg": cfg(REPVGG, norm="none", net=WRN, lr=0.05),
    "x-wrn10-2-simplified": cfg(SIMPLE, net=WRN, lr=0.05),
}

if __name__ == "__main__":
    root = pathlib.Path(sys.argv[1])
    for name in sys.argv[2:] or CASES:
        meta, tensors = case(name, CASES[name])
        (root / name).mkdir(parents=True, exist_ok=True)
        (root / name / "config.json").write_text(json.dumps(meta, indent=1) + "\n")
        save_file(tensors, root / name / "tensors.safetensors")
        print(name, "losses", [round(v, 5) for v in meta["losses"]])
