"""The benchmark's PyTorch side: the same networks, written as one writes them in PyTorch, float32, channels_last.

Reads requests as lines of JSON {"network", "batch", "threads", "steps"} and answers each with a line of JSON: a list of
milliseconds. The first line it writes says which PyTorch and which instruction set.
"""
import json
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


def conv(cin, cout, k, stride):
    return nn.Conv2d(cin, cout, k, stride, k // 2, bias=False)


class Scale(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1, channels, 1, 1))

    def forward(self, x):
        return x * self.weight


class Layer(nn.Module):
    """3x3 (and 1x1 and identity) with batch norms or scales; kinds: plain, repvgg, simplified."""

    def __init__(self, kind, cin, cout, stride, relu=True):
        super().__init__()
        self.relu = relu
        self.norm = None if kind == "repvgg" else nn.BatchNorm2d(cout)
        after = {"plain": nn.Identity, "repvgg": nn.BatchNorm2d, "simplified": Scale}[kind]
        make = (lambda: after(cout)) if kind != "plain" else after
        self.branches = nn.ModuleList([nn.Sequential(conv(cin, cout, 3, stride), make())])
        if kind != "plain":
            self.branches.append(nn.Sequential(conv(cin, cout, 1, stride), make()))
            if stride == 1 and cin == cout:
                self.branches.append(make())

    def forward(self, x):
        y = self.branches[0](x)
        for branch in self.branches[1:]:
            y = y + branch(x)
        y = y if self.norm is None else self.norm(y)
        return F.relu(y) if self.relu else y


class Head(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.linear = nn.Linear(channels, 100)

    def forward(self, x):
        return self.linear(x.mean((2, 3)))


def vgg(kind, depths, widths, strides):
    layers, cin = [], 3
    for depth, width, stride in zip(depths, widths, strides):
        for i in range(depth):
            layers.append(Layer(kind, cin, width, stride if i == 0 else 1))
            cin = width
    return nn.Sequential(*layers, Head(cin))


class Basic(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.first, self.second = Layer("plain", cin, cout, stride), Layer("plain", cout, cout, 1, relu=False)
        self.grow, self.stride = cout - cin, stride

    def forward(self, x):
        past = x
        if self.grow or self.stride > 1:
            half = self.grow // 2
            past = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, half, self.grow - half))
        return F.relu(self.second(self.first(x)) + past)


def resnet(n):
    layers, cin = [Layer("plain", 3, 16, 1)], 16
    for stage, width in enumerate((16, 32, 64)):
        for i in range(n):
            layers.append(Basic(cin, width, 2 if stage and i == 0 else 1))
            cin = width
    return nn.Sequential(*layers, Head(cin))


class PreAct(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.norm1, self.norm2 = nn.BatchNorm2d(cin), nn.BatchNorm2d(cout)
        self.conv1, self.conv2 = conv(cin, cout, 3, stride), conv(cout, cout, 3, 1)
        self.short = conv(cin, cout, 1, stride) if cin != cout or stride > 1 else None

    def forward(self, x):
        a = F.relu(self.norm1(x))
        past = x if self.short is None else self.short(a)
        return self.conv2(F.relu(self.norm2(self.conv1(a)))) + past


def wrn(n, k):
    layers, cin = [conv(3, 16, 3, 1)], 16
    for stage, width in enumerate((16 * k, 32 * k, 64 * k)):
        for i in range(n):
            layers.append(PreAct(cin, width, 2 if stage and i == 0 else 1))
            cin = width
    return nn.Sequential(*layers, nn.BatchNorm2d(cin), nn.ReLU(), Head(cin))


SMALL = ([3, 4, 4], [8, 16, 32], [1, 2, 2])
NINE = ([1, 1, 2, 4, 1], [16, 16, 32, 64, 128], [1, 1, 2, 2, 2])
NETWORKS = {
    "resnet-20": lambda: resnet(3),
    "resnet-110": lambda: resnet(18),
    "wrn-16-2": lambda: wrn(2, 2),
    "repvgg-11": lambda: vgg("repvgg", *SMALL),
    "simplified-11": lambda: vgg("simplified", *SMALL),
    "plain-11": lambda: vgg("plain", *SMALL),
    "repvgg-9-m16": lambda: vgg("repvgg", *NINE),
    "simplified-9-m16": lambda: vgg("simplified", *NINE),
}
ready = {}


def prepare(network, batch):
    torch.manual_seed(1)
    net = NETWORKS[network]().to(memory_format=torch.channels_last).train()
    x = torch.randn(batch, 3, 32, 32).to(memory_format=torch.channels_last)
    y = torch.randint(0, 100, (batch,))
    optimiser = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
    return net, x, y, optimiser


def step(net, x, y, optimiser):
    start = time.perf_counter()
    optimiser.zero_grad(set_to_none=True)
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    optimiser.step()
    loss.item()
    return 1000 * (time.perf_counter() - start)


print(json.dumps(f"PyTorch {torch.__version__.split('+')[0]}, {torch.backends.cpu.get_cpu_capability()}"), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    key = (request["network"], request["batch"])
    if key not in ready:
        ready[key] = prepare(*key)
    torch.set_num_threads(request["threads"])
    print(json.dumps([step(*ready[key]) for _ in range(request["steps"])]), flush=True)
