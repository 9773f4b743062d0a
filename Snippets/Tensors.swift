// Tensors are values, and know how they were made.

// snippet.tensors
import Apus

let x = Tensor([[1.0, 2.0], [3.0, 4.0]]).requiringGradient()
let y = (x * x + 1).sum(axis: 0)  // [12, 22]

y.sum().backward()
print(x.grad!)  // 2x

var copy = x.detach()
copy += 1  // x stays as it was
// snippet.end
print(y, copy, x)
