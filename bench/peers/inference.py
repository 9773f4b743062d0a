"""ResNet-18 on images of 224 × 224: the model in evaluation mode, and frozen with its normalisations folded, by PyTorch
and by ONNX Runtime."""

import os
import warnings

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


def add_onnx(name, make, batch):
    """The model as ONNX Runtime runs it, its graph optimised and its normalisations folded."""

    @benchmark(name, peer="ONNX Runtime")
    def prepare():
        import onnxruntime

        images = torch.rand(batch, 3, 224, 224)
        with warnings.catch_warnings(), torch.inference_mode(False):
            warnings.simplefilter("ignore")
            # Opset 20 has the Fourier transforms of global filters.
            graph = torch.onnx.export(
                make().eval(), (images.clone(),), input_names=["images"], dynamo=True, opset_version=20, verbose=False
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(os.environ["OMP_NUM_THREADS"])
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(graph.model_proto.SerializeToString(), options, ["CPUExecutionProvider"])
        inputs = {"images": images.numpy()}
        return lambda: session.run(None, inputs)


for batch in (1, 8):
    add_onnx(f"resnet18 frozen {batch}", ResNet18, batch)
    for setting in ("", "channels last"):
        add(f"resnet18 inference {batch}", ResNet18, batch, False, setting)
        add(f"resnet18 frozen {batch}", ResNet18, batch, True, setting)
