#!/usr/bin/env python3
"""Prints as JSON what TensorBoard itself reads of a folder of event files that a test of ApusFormats wrote.

    tensorboard_peer.py FOLDER
"""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util

if len(sys.argv) != 2:
    sys.exit(__doc__)
events = EventAccumulator(sys.argv[1], size_guidance={"tensors": 0, "scalars": 0})
events.Reload()
histogram = events.Histograms("weight")[0].histogram_value
image = events.Images("digit")[0]
note = tensor_util.make_ndarray(events.Tensors("note")[0].tensor_proto)
print(json.dumps({
    "loss": [[event.step, event.value] for event in events.Scalars("loss")],
    "weight": [histogram.num, histogram.min, histogram.max],
    "digit": [image.width, image.height],
    "note": note.item().decode(),
}))
