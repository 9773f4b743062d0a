// Attention, a state space that goes on step by step, and a block of a Transformer.

// snippet.attention
import Apus
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
print(y.shape, states.shape, next.shape, token.shape)
