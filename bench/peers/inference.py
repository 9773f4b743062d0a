"""ResNet-18 on images of 224 × 224: the model in evaluation mode, and frozen with its normalisations folded."""

import torch

from peers.network_steps import ResNet18
from registry import benchmark


def add(name, make, batch, frozen, setting):
    @benchmark(name, setting=setting)
    def prepare():
        model, images = make().eval(), torch.rand(batch, 3, 224, 224)
        if setting == "channels last":
            model, images = (t.to(memory_format=torch.channels_last) for t in (model, images))
        if frozen:
            model = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(model, images)))
            for _ in range(3):
                model(images)
        return lambda: model(images)


for batch in (1, 8):
    for setting in ("", "channels last"):
        add(f"resnet18 inference {batch}", ResNet18, batch, False, setting)
        add(f"resnet18 frozen {batch}", ResNet18, batch, True, setting)
