"""Writes Tests/Fixtures/timm.json: the names and shapes of timm's weights, a model of each family, and what the small
ones compute from the weights of model_reference.py's formula. Needs timm, torchvision, and the arguments of that.
"""

import json

import timm
import torch
from model_reference import ROOT, fill, hashed

MODELS = {
    "convnext_tiny": "convnext_tiny",
    "swin_t": "swin_tiny_patch4_window7_224",
    "vit_b_32": "vit_base_patch32_224",
    "vgg11_bn": "vgg11_bn",
    "inception_v3": "inception_v3",
    "efficientnet_b0": "efficientnet_b0",
    "efficientnet_v2_s": "efficientnetv2_s",
    "mobilenet_v2": "mobilenetv2_100",
    "mobilenet_v3_small": "mobilenetv3_small_100",
    "mobilenet_v3_large": "mobilenetv3_large_100",
}
COMPUTED = ["efficientnet_b0", "mobilenet_v2", "mobilenet_v3_small"]

found = {}
for name, theirs in MODELS.items():
    with torch.device("meta"):
        state = timm.create_model(theirs).state_dict()
    found[name] = {"shapes": {key: list(value.shape) for key, value in state.items()}}
    if name in COMPUTED:
        model = timm.create_model(theirs)
        fill(model, 2)
        x = torch.from_numpy(hashed("input", 3 * 64 * 64).reshape(1, 3, 64, 64))
        with torch.no_grad():
            found[name]["logits"] = [float(f"{y:.7g}") for y in model.double().eval()(x)[0, :10].tolist()]
with open(ROOT / "Tests/Fixtures/timm.json", "w") as file:
    file.write(json.dumps(found, separators=(",", ":")).replace('},"', '},\n"') + "\n")
