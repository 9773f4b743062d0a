#!/usr/bin/env python3
"""Prints as JSON what TensorBoard's own server would show of a folder of event files that a test of ApusFormats wrote.

    tensorboard_peer.py FOLDER
"""

import io
import json
import sys

from PIL import Image
from tensorboard import context
from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer

if len(sys.argv) != 2:
    sys.exit(__doc__)
multiplexer = plugin_event_multiplexer.EventMultiplexer(tensor_size_guidance={
    "scalars": 0, "histograms": 0, "images": 0, "text": 0})
multiplexer.AddRunsFromDirectory(sys.argv[1])
multiplexer.Reload()
provider = data_provider.MultiplexerDataProvider(multiplexer, sys.argv[1])
request = context.RequestContext()


def read(kind, plugin):
    """What a plugin of the server asks for, by tag; there is one run."""
    runs = getattr(provider, f"read_{kind}")(request, experiment_id="", plugin_name=plugin, downsample=1000)
    assert len(runs) == 1, runs.keys()
    return next(iter(runs.values()))


def picture(image):
    decoded = Image.open(io.BytesIO(image))
    return [decoded.mode, decoded.width, decoded.height, list(decoded.tobytes())]


print(json.dumps({
    "scalars": {tag: [[point.step, point.value] for point in points]
                for tag, points in read("scalars", "scalars").items()},
    # For each step the buckets: left end, right end, count.
    "histograms": {tag: [[point.step, point.numpy.tolist()] for point in points]
                   for tag, points in read("tensors", "histograms").items()},
    # A sequence of blobs has the width and the height before the pictures.
    "images": {tag: [[sequence.step, picture(provider.read_blob(request, blob_key=sequence.values[2].blob_key))]
                     for sequence in sequences]
               for tag, sequences in read("blob_sequences", "images").items()},
    "text": {tag: [[point.step, point.numpy.item().decode()] for point in points]
             for tag, points in read("tensors", "text").items()},
}))
