"""Checks `apus classify` against PyTorch: `check_weights.py APUS HORNET SHUFFLENET [NAME…]`.

Every model of torchvision, of timm where it has the same architecture, and of the authors of HorNet and ShuffleNet is
made with formula weights and saved as people publish it (.pth and .safetensors, in a dictionary, with names of older
versions); the program then classifies a picture with that file, and its five classes and probabilities are compared
with those of the model itself after the preprocessing of its published weights (torchvision's transforms on Pillow).

APUS is the program, HORNET and SHUFFLENET are clones of github.com/raoyongming/HorNet and
github.com/megvii-model/ShuffleNet-Series; needs torch, torchvision, timm, safetensors and Pillow. Names are
Apus's; by default all are checked. Exits with 1 where one differs.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
import timm
import torch
import torchvision.models as tv
from PIL import Image
from safetensors.torch import save_file
from torchvision import transforms
from torchvision.transforms import InterpolationMode

APUS, HORNET, SHUFFLENET = sys.argv[1:4]
sys.argv[1:4] = [HORNET, SHUFFLENET]
from model_reference import fill, hornet, shufflenet_v1  # noqa: E402

TOLERANCE = 1e-3
# What layers do to the variance: with 2, deep networks without ReLU would amplify their roundings too much.
GAINS = {"efficientnet_v2_s": 1.3, "mobilenet_v3_large": 1.6} | {f"efficientnet_b{n}": 1.6 for n in range(4, 8)}

TIMM = {
    name: name
    for name in timm.list_models()
    if re.fullmatch(
        r"resnet(18|34|50|101|152)|resnext(50_32x4d|101_32x8d|101_64x4d)|wide_resnet(50|101)_2|vgg\d\d(_bn)?"
        r"|densenet\d+|inception_v3|efficientnet_b[0-7]|convnext_(tiny|small|base|large)|mobilenetv1_100"
        r"|legacy_xception",
        name,
    )
} | {
    "efficientnet_v2_s": "efficientnetv2_s",
    "mobilenet_v2": "mobilenetv2_100",
    "mobilenet_v3_small": "mobilenetv3_small_100",
    "mobilenet_v3_large": "mobilenetv3_large_100",
    "swin_t": "swin_tiny_patch4_window7_224",
    "swin_s": "swin_small_patch4_window7_224",
    "swin_b": "swin_base_patch4_window7_224",
    "vit_b_16": "vit_base_patch16_224",
    "vit_b_32": "vit_base_patch32_224",
    "vit_l_16": "vit_large_patch16_224",
}
TORCHVISION = [
    name
    for name in tv.list_models(module=tv)
    if name in TIMM or re.match("alexnet|squeezenet|googlenet|shufflenet", name)
]
HORNETS = [f"hornet_{size}_{kind}" for size in ["tiny", "small", "base", "large"] for kind in ["7x7", "gf"]]
SHUFFLENETS = {
    f"shufflenet_v1_g{groups}_x{size[0]}_{size[2]}": (groups, size)
    for groups in [3, 8]
    for size in ["0.5x", "1.0x", "1.5x", "2.0x"]
}


def picture(width, height):
    """Gradients, edges and noise, so that another way of scaling or cutting shows."""
    y, x = np.mgrid[:height, :width].astype(np.float64)
    random = np.random.default_rng(width)
    planes = [np.sin(x / 31 + y / 57), np.cos(x / 13 - y / 23), np.sign(np.sin(x / 40) * np.sin(y / 30))]
    noise = random.normal(0, 0.2, [height, width, 3])
    return Image.fromarray(np.uint8(np.clip((np.stack(planes, -1) + noise) * 60 + 128, 0, 255)))


def published(name):
    """The preprocessing of the model's first published weights."""
    if name in ["googlenet", "inception_v3"] or name in TORCHVISION:
        return tv.get_model_weights(name).IMAGENET1K_V1.transforms()
    if name in TIMM:
        settings = timm.data.resolve_data_config(pretrained_cfg=timm.create_model(name).pretrained_cfg)
        return timm.data.create_transform(**settings, is_training=False)
    bicubic = InterpolationMode.BICUBIC if name in HORNETS else InterpolationMode.BILINEAR
    cut = [transforms.Resize(256, interpolation=bicubic), transforms.CenterCrop(224), transforms.ToTensor()]
    if name in HORNETS:
        return transforms.Compose(cut + [transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
    return transforms.Compose(cut + [transforms.Lambda(lambda x: x.flip(0) * 255)])


def symmetric(before):
    """The same with results from -1 to 1."""
    mean, std = (torch.tensor(numbers)[:, None, None] for numbers in [before.mean, before.std])
    return lambda image: (before(image) * std + mean) * 2 - 1


def logits(model, x):
    with torch.inference_mode():
        return model(x[None].double())[0]


def prepare(model, name, before):
    """Weights with which probabilities are far from equal, and change with the picture; in double precision."""
    with torch.no_grad():
        fill(model, GAINS.get(name, 2))
        model.double().eval()
        head = [m for m in model.modules() if getattr(m, "out_features", getattr(m, "out_channels", 0)) == 1000][-1]
        # The logits of another picture become 0, but SqueezeNet's, which stand before a ReLU and an average.
        if head.bias is None:
            inputs = []
            hook = head.register_forward_pre_hook(lambda _, arguments: inputs.append(arguments[0][0]))
            logits(model, before(picture(300, 300)))
            hook.remove()
            head.weight -= torch.outer(head.weight @ inputs[0], inputs[0]) / inputs[0].square().sum()
        elif isinstance(head, torch.nn.Linear):
            head.bias -= logits(model, before(picture(300, 300)))
        scale = 3 / logits(model, before(picture(400, 300))).std()
        for parameter in head.parameters():
            parameter *= scale


def older(state):
    """The names that torchvision's published files have."""
    for name, value in state.items():
        name = re.sub(r"(denselayer\d+\.(?:norm|conv))([12])\.", r"\1.\2.", name)
        name = re.sub(r"mlp\.(\d)\.", lambda match: f"mlp.linear_{1 + int(match[1]) // 3}.", name)
        if not name.endswith("num_batches_tracked"):
            yield name, value


def save(state, path, form):
    if form == "safetensors":
        save_file({name: value.contiguous() for name, value in state.items()}, path)
    else:
        wrapped = {"model": {"model": state}, "module": {"state_dict": {f"module.{n}": v for n, v in state.items()}}}
        torch.save(wrapped.get(form) or (dict(older(state)) if form == "older" else state), path)


def differences(name, model, before, form, size, folder):
    """The largest of the probabilities' differences, and what a picture cut one pixel further left would make."""
    photo = picture(*size)
    photo.save(f"{folder}/picture.png")
    path = f"{folder}/weights.{'safetensors' if form == 'safetensors' else 'pth'}"
    state = {n: value.float() if value.is_floating_point() else value for n, value in model.state_dict().items()}
    save(state, path, form)
    command = [APUS, "classify", f"{folder}/picture.png", "--model", name, "--weights", path, "--json"]
    result = subprocess.run(command, capture_output=True, text=True)
    pathlib.Path(path).unlink()
    if result.returncode != 0:
        return result.stderr.strip()[:400], 0
    wanted = logits(model, before(photo)).softmax(0)
    moved = logits(model, before(photo.crop((2, 0, *photo.size)))).softmax(0)
    found = json.loads(result.stdout)[0]["classes"]
    # Equally likely classes may have changed places.
    pairs = [(wanted[guess["index"]].item(), guess["probability"]) for guess in found]
    pairs += list(zip(wanted.topk(5).values.tolist(), [guess["probability"] for guess in found]))
    return max(abs(a - b) for a, b in pairs), (wanted - moved).abs().max().item()


def cases(name):
    """Makers of the model, each with the forms in which its weights are saved."""
    if name in TORCHVISION:
        settings = {"init_weights": False} if name in ["googlenet", "inception_v3"] else {}
        model = lambda: getattr(tv, name)(**settings)
        forms = ["pth"] + (["older"] if re.match("vit|dense", name) else [])
        yield "torchvision", model, forms + (["safetensors"] if name in ["resnet18", "convnext_tiny"] else [])
    if name in TIMM:
        forms = ["safetensors"] + (["pth"] if re.search("tiny|b0|v[23]|_32$|1_", name) else [])
        yield "timm", lambda: timm.create_model(TIMM[name]), forms
    if name in HORNETS:
        yield "authors", lambda: hornet(name), ["model"]
    if name in SHUFFLENETS:
        yield "authors", lambda: shufflenet_v1(*SHUFFLENETS[name]), ["module", "pth"]


def main():
    every = [*TORCHVISION, *HORNETS, *SHUFFLENETS, *(name for name in TIMM if name not in TORCHVISION)]
    names = sys.argv[3:] or every
    if unknown := set(names) - set(every):
        sys.exit(f"no model {' '.join(unknown)}; there are: {' '.join(every)}")
    failed = []
    for name in names:
        before = published(name)
        for source, make, forms in cases(name):
            model = make()
            # torchvision's take what other networks take, and turn it into -1 to 1 themselves.
            model.transform_input = source == "torchvision" and name in ["googlenet", "inception_v3"]
            own = symmetric(before) if (source, name) == ("timm", "inception_v3") else before
            prepare(model, name, own)
            for form, size in zip(forms, [(431, 317), (317, 433), (640, 270)]):
                with tempfile.TemporaryDirectory() as folder:
                    difference, moved = differences(name, model, own, form, size, folder)
                # Where another picture would be as near, the comparison says nothing.
                is_right = not isinstance(difference, str) and difference <= TOLERANCE < moved / 2
                text = difference if isinstance(difference, str) else f"{difference:.1e} (moved picture: {moved:.1e})"
                print(f"{'ok  ' if is_right else 'FAIL'} {name:24} {source:12} {form:12} {text}", flush=True)
                if not is_right:
                    failed.append(name)
    if failed:
        sys.exit(f"{len(failed)} differ: {' '.join(failed)}")


if __name__ == "__main__":
    main()
