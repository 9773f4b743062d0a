// A model of one's own size of a published family.

// snippet.scaled
import Apus
import ApusModels
import ApusNN

var configuration = EfficientNet.scaled(depth: 1.2, width: 1.1, resolution: 128)
configuration.classes = 10
let model = EfficientNet(configuration)
print(model.summary(input: [1, 3, 128, 128]))
// snippet.end

// snippet.checkpointed
let network = HorNet(.tiny)
for stage in network.stages { stage.isCheckpointed = true }
// snippet.end
