"""Writes what reference implementations of vision models compute: `model_reference.py HORNET SHUFFLENET [CASE…]`.

The first two arguments are clones of github.com/raoyongming/HorNet and github.com/megvii-model/ShuffleNet-Series; needs
torch, torchvision, timm and facenet_pytorch. Results go to Tests/Fixtures/models.safetensors; with names of cases only theirs are
computed again, and the others kept.

Weights are made by a formula that Tests/ApusModelsTests/Reference/ReferenceWeights.swift has too, from the name of
each parameter and buffer, so that a wrong name or shape shows in the results. References compute in float64.
"""

import collections
import contextlib
import importlib.util
import io
import pathlib
import sys
import types

import numpy as np
import timm
import torch
import torch.nn as nn
import torchvision.models as tv
from safetensors.numpy import load_file, save_file

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIXTURE = ROOT / "Tests/Fixtures/models.safetensors"


def hashed(name, count):
    """`count` numbers in -1 ..< 1 with 24 bits, which depend on the name alone (splitmix64 from its FNV-1a hash)."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = (seed ^ byte) * 0x100000001B3 % 2**64
    z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float64) / 2**23 - 1


def weight(name, shape, gain):
    """Numbers of the size that weights have after training, so that what passes through neither dies nor explodes."""
    count = int(np.prod(shape, dtype=np.int64))
    u = hashed(name, count)
    if name.endswith("running_var"):
        value = 1 + 0.5 * u
    elif name.endswith("running_mean") or name.endswith("bias"):
        value = 0.1 * u
    elif len(shape) <= 1:
        value = 1 + 0.2 * u
    else:
        value = u * np.sqrt(gain * 3.0 / (count // shape[0]))
    return value.astype(np.float32).reshape(shape)


def fill(model, gain):
    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point():
            tensor.copy_(torch.from_numpy(weight(name, tuple(tensor.shape), gain)).to(tensor.dtype))


def hornet(name, **settings):
    """A model of the authors' hornet.py."""
    layers, registry = types.ModuleType("timm.models.layers"), types.ModuleType("timm.models.registry")
    import timm.layers

    layers.trunc_normal_, layers.DropPath = timm.layers.trunc_normal_, timm.layers.DropPath
    registry.register_model = lambda function: function
    sys.modules["timm.models.layers"], sys.modules["timm.models.registry"] = layers, registry
    spec = importlib.util.spec_from_file_location("hornet", pathlib.Path(sys.argv[1]) / "hornet.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # The filter's input would be computed in float32.
    module.torch = types.SimpleNamespace(**{**vars(torch), "float32": torch.float64})
    with contextlib.redirect_stdout(io.StringIO()):
        return getattr(module, name)(**settings)


def shufflenet_v1(groups, size):
    """A model of the authors' ShuffleNetV1/network.py, which looks for its blocks.py on the path."""
    folder = str(pathlib.Path(sys.argv[2]) / "ShuffleNetV1")
    sys.path.insert(0, folder)
    import network

    sys.path.remove(folder)
    return network.ShuffleNetV1(model_size=size, group=groups)


def with_heads(model):
    """A model of torchvision's that gives the logits of its auxiliary heads after its own."""
    forward = model.forward

    def joined(x):
        # Of the model alone, so that the heads are run, and its layers stay in evaluation.
        model.training = True
        outputs = forward(x)
        model.training = False
        return torch.cat(list(outputs), 1)

    model.forward = joined
    return model


def context(multiples, channels=21):
    """The layers of table 1 of Yu & Koltun (2016), named as in the authors' network.py."""
    names = ["conv1_1", "conv1_2", "conv2_1", "conv3_1", "conv4_1", "conv5_1", "fc1", "final"]
    widths, layers = [channels * n for n in [1, *multiples, 1]], []
    for name, inputs, outputs, dilation in zip(names, widths, widths[1:], [1, 1, 2, 4, 8, 16, 1, 1]):
        if name == "final":
            layers.append((f"ctx_{name}", nn.Conv2d(inputs, outputs, 1)))
        else:
            layers.append((f"ctx_{name}", nn.Conv2d(inputs, outputs, 3, padding=dilation, dilation=dilation)))
            layers.append((f"ctx_{name}_relu", nn.ReLU()))
    return layers


def dilated_vgg(multiples):
    """Their front end, VGG-16 without its last two poolings and without padding, and the context network."""
    layers, channels = [("mirror", nn.ReflectionPad2d(186))], 3
    for stage, (depth, outputs) in enumerate(zip([2, 2, 3, 3, 3], [64, 128, 256, 512, 512]), 1):
        for number in range(1, depth + 1):
            convolution = nn.Conv2d(channels, outputs, 3, dilation=2 if stage == 5 else 1)
            layers += [(f"conv{stage}_{number}", convolution), (f"relu{stage}_{number}", nn.ReLU())]
            channels = outputs
        if stage < 4:
            layers.append((f"pool{stage}", nn.MaxPool2d(2)))
    layers += [("fc6", nn.Conv2d(512, 4096, 7, dilation=4)), ("relu6", nn.ReLU()), ("drop6", nn.Dropout())]
    layers += [("fc7", nn.Conv2d(4096, 4096, 1)), ("relu7", nn.ReLU()), ("drop7", nn.Dropout())]
    return layers + [("final", nn.Conv2d(4096, 21, 1))] + context(multiples)


def sequential(layers):
    return nn.Sequential(collections.OrderedDict(layers))


class Case:
    """`make` gives the model, `input` is the shape of one batch; `gradients` asks for those of all parameters.

    `gain` is what a layer does to the variance. With 2 a very deep network without ReLU amplifies its roundings so much
    that float32 results would say nothing.
    """

    def __init__(self, make, input, gradients=False, gain=2):
        self.make, self.input, self.gradients, self.gain = make, input, gradients, gain

    def results(self, name):
        model = self.make()
        fill(model, self.gain)
        model = model.double().eval()
        x = torch.from_numpy(hashed("input", int(np.prod(self.input))).reshape(self.input))
        with torch.set_grad_enabled(self.gradients):
            outputs = model(x)
        if not isinstance(outputs, (list, tuple)):
            outputs = [outputs]
        found = {}
        for index, y in enumerate(outputs):
            found[f"{name}.output{index}"] = y.detach().numpy().astype(np.float32)
            change = (y[0] - y[-1]).abs().max() / y.abs().max() if len(y) > 1 else float("nan")
            print(
                f"{name:32} {sum(p.numel() for p in model.parameters()):>12,} {list(y.shape)} "
                f"largest {y.abs().max():.3g}, deviation {y.std():.3g}, between samples {change:.2g}"
            )
        if self.gradients:
            # Two numbers for each parameter: the gradient's product with a formula's tensor, and its norm.
            y = outputs[0]
            seed = torch.from_numpy(hashed("seed", y.numel()).reshape(y.shape))
            (y * seed).sum().backward()
            rows = []
            for parameter, value in sorted(model.named_parameters()):
                gradient = value.grad.numpy().ravel()
                rows.append([gradient @ hashed(parameter, gradient.size), np.linalg.norm(gradient)])
            found[f"{name}.gradients"] = np.array(rows)
        return found


IMAGE = [2, 3, 64, 64]
IMAGENET = [1, 3, 224, 224]

HORNETS = {
    f"hornet_{size}_{kind}": Case(lambda n=f"hornet_{size}_{kind}": hornet(n), IMAGENET, size == "tiny")
    for size in ["tiny", "small", "base", "large"]
    for kind in ["7x7", "gf"]
} | {
    # Filters resized to another image, and made for a larger one.
    "hornet_tiny_gf at 192x256": Case(lambda: hornet("hornet_tiny_gf"), [1, 3, 192, 256]),
    "hornet_base_gf_img384": Case(lambda: hornet("hornet_base_gf_img384"), [1, 3, 384, 384]),
}

EFFICIENTNETS = {
    f"efficientnet_b{n}": Case(
        lambda n=n: getattr(tv, f"efficientnet_b{n}")(), IMAGENET if n == 0 else IMAGE, n == 0, gain=1.6 if n == 7 else 2
    )
    for n in range(8)
} | {"efficientnet_v2_s": Case(tv.efficientnet_v2_s, IMAGE, gain=1.3)}

# Swin, ConvNeXt, ViT.
TRANSFORMERS = {
    name: Case(lambda name=name: getattr(tv, name)(), IMAGE)
    for name in ["convnext_small", "convnext_base", "convnext_large", "swin_s", "swin_b"]
} | {
    "convnext_tiny": Case(tv.convnext_tiny, IMAGENET, True),
    "convnext_tiny at 64x100": Case(tv.convnext_tiny, [2, 3, 64, 100]),
    "swin_t": Case(tv.swin_t, IMAGENET, True),
    # Padded to whole windows in every stage; merged from odd extents; not rolled along one axis.
    "swin_t at 68x260": Case(tv.swin_t, [2, 3, 68, 260]),
    "vit_b_16": Case(tv.vit_b_16, [2, 3, 224, 224]),
    "vit_b_32": Case(tv.vit_b_32, [2, 3, 224, 224], True),
    "vit_l_16": Case(tv.vit_l_16, IMAGENET),
}

BASIC, LARGE = [1] * 7, [2, 2, 4, 8, 16, 32, 32]

# AlexNet to DenseNet.
CLASSICS = {
    "alexnet": Case(tv.alexnet, IMAGENET),
    "alexnet at 64x64": Case(tv.alexnet, IMAGE),
    "vgg11": Case(tv.vgg11, IMAGE),
    "vgg13_bn": Case(tv.vgg13_bn, IMAGE),
    "vgg16": Case(tv.vgg16, IMAGENET),
    "vgg19_bn": Case(tv.vgg19_bn, IMAGE),
    "squeezenet1_0": Case(tv.squeezenet1_0, IMAGENET),
    "squeezenet1_1": Case(tv.squeezenet1_1, IMAGE),
    "googlenet": Case(lambda: tv.googlenet(init_weights=False), IMAGENET),
    "googlenet with heads": Case(lambda: with_heads(tv.googlenet(init_weights=False)), IMAGE),
    "inception_v3": Case(lambda: tv.inception_v3(init_weights=False), [2, 3, 107, 91]),
    "inception_v3 with heads": Case(
        lambda: with_heads(tv.inception_v3(init_weights=False)), [1, 3, 299, 299]),
    "densenet121": Case(tv.densenet121, IMAGENET),
    "densenet161": Case(tv.densenet161, IMAGE),
    "densenet169": Case(tv.densenet169, IMAGE),
    "densenet201": Case(tv.densenet201, IMAGE),
    "resnet18": Case(tv.resnet18, IMAGE),
    "resnet50": Case(tv.resnet50, IMAGENET),
    "resnext50_32x4d": Case(tv.resnext50_32x4d, IMAGE),
    "legacy_xception": Case(lambda: timm.create_model("legacy_xception"), [1, 3, 299, 299]),
    "legacy_xception at 64x64": Case(lambda: timm.create_model("legacy_xception"), IMAGE),
    "context_basic": Case(lambda: sequential(context(BASIC)), [2, 21, 20, 24]),
    "context_large": Case(lambda: sequential(context(LARGE)), [2, 21, 20, 24]),
    "dilated_vgg16": Case(lambda: sequential(dilated_vgg(BASIC)), [1, 3, 187, 200]),
}

# MobileNets and ShuffleNets.
SHUFFLENET_SIZES = ["0.5x", "1.0x", "1.5x", "2.0x"]

# Gradients are those of small images: of large ones, float32 has values on the other side of a ReLU's corner.
LIGHT = {
    "mobilenetv1_100": Case(lambda: timm.create_model("mobilenetv1_100"), IMAGE, True),
    "mobilenetv1_125": Case(lambda: timm.create_model("mobilenetv1_125"), IMAGE),
    "mobilenet_v2": Case(tv.mobilenet_v2, IMAGENET),
    # Widths of which some are rounded up to stay above 90 %, and one whose last layer grows.
    "mobilenet_v2 at width 0.75": Case(lambda: tv.mobilenet_v2(width_mult=0.75), IMAGE, True),
    "mobilenet_v2 at width 1.4": Case(lambda: tv.mobilenet_v2(width_mult=1.4), IMAGE),
    "mobilenet_v3_small": Case(tv.mobilenet_v3_small, IMAGENET),
    "mobilenet_v3_large": Case(tv.mobilenet_v3_large, IMAGE, True),
} | {
    # The average of 7×7 positions at the end needs that many.
    f"shufflenet_v1_g{groups}_x{size[0]}_{size[2]}": Case(
        lambda groups=groups, size=size: shufflenet_v1(groups, size), [2, 3, 193, 193], size == "1.0x")
    for groups in [3, 8]
    for size in SHUFFLENET_SIZES
} | {
    f"shufflenet_v2_x{size[0]}_{size[2]}": Case(
        getattr(tv, f"shufflenet_v2_x{size[0]}_{size[2]}"), IMAGENET if size == "1.0x" else IMAGE, size == "1.0x")
    for size in SHUFFLENET_SIZES
}



def mtcnn(network):
    """A network of facenet_pytorch, whose file is loaded alone: the package needs more than torch."""
    [package] = importlib.util.find_spec("facenet_pytorch").submodule_search_locations
    source = (pathlib.Path(package) / "models/mtcnn.py").read_text()
    module = types.ModuleType("mtcnn")
    exec(source.replace("from .utils.detect_face import", "#"), vars(module))
    return getattr(module, network)(pretrained=False)


# Edges, points, probabilities.
MTCNN = {
    "mtcnn_pnet": Case(lambda: mtcnn("PNet"), [2, 3, 29, 40]),
    "mtcnn_rnet": Case(lambda: mtcnn("RNet"), [2, 3, 24, 24]),
    "mtcnn_onet": Case(lambda: mtcnn("ONet"), [2, 3, 48, 48]),
}

CASES = HORNETS | EFFICIENTNETS | TRANSFORMERS | CLASSICS | LIGHT | MTCNN

if __name__ == "__main__":
    wanted = sys.argv[3:] or list(CASES)
    found = {}
    if sys.argv[3:] and FIXTURE.exists():
        found = load_file(FIXTURE)
    for name in wanted:
        for key in [key for key in found if key.startswith(name + ".")]:
            del found[key]
        found.update(CASES[name].results(name))
    save_file(found, FIXTURE)
