// Attention, a state space that goes on step by step, a block of a Transformer, and a language model that writes.

// snippet.attention
import Apus
import ApusModels
import ApusNN

let q = Tensor.normal([2, 8, 300, 64])
let k = Tensor.normal([2, 2, 300, 64])  // two heads, each for four of the queries'
let y = q.scaledDotProductAttention(key: k, value: k, isCausal: true)
let states = Tensor.normal([2, 300, 16]).linearRecurrence(decay: .full([16], 0.9))
// snippet.end

// snippet.block
let block = TransformerEncoderLayer(64, heads: 4, hidden: 256, activation: .gelu, normalizesFirst: true)
let tokens = SinusoidalPositions(64)(Tensor.normal([2, 100, 64]))
let next = block(tokens, isCausal: true)
// snippet.end

// snippet.steps
let layer = Mamba(32)
var state = layer.initialState(batch: 1)
var token = Tensor.normal([1, 32])
for _ in 0..<10 { token = layer.step(token, &state) }
// snippet.end

// snippet.language
let model = LanguageModel(.init(vocabulary: 256, channels: 64, layers: 2, mixer: .mamba))
var written = try model.generate([72, 105], count: 20, sampling: Sampling(temperature: 0.8, topP: 0.95))
while let token = try written.next() { print(token) }
// snippet.end
print(y.shape, states.shape, next.shape, token.shape)
