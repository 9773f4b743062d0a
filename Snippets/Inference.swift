// A model with its batch normalisations folded into its convolutions.

// snippet.inference
import Apus
import ApusModels

let model = ResNet(.resNet18)
model.evaluate()
let fused = model.fused()
let scores = fused(.zeros([1, 3, 64, 64]))
// snippet.end
