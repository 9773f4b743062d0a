// A model with its batch normalisations folded into its convolutions, for inference.

// snippet.inference
import Apus
import ApusModels

let model = ResNet(.resNet18)
let frozen = model.frozen(input: [1, 3, 64, 64])
let scores = try frozen(.zeros([1, 3, 64, 64]))
// snippet.end
