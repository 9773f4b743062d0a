// What Documentation/ComplexNetworks.md shows.

// snippet.complexlayers
import Apus
import ApusNN
import ApusOptim

let model = Sequential(
    Conv2d(1, 8, kernel: 3, padding: 1, dtype: .complex64), CReLU(), ComplexMaxPool2d(2),
    ComplexBatchNorm2d(8),
    Flatten(), Linear(8 * 14 * 14, 10, dtype: .complex64))
let optimizer = SGD(model.parameters(), learningRate: 5e-3, momentum: 0.9)

let images = Tensor.uniform([16, 1, 28, 28], low: -0.5, high: 0.5)
let labels = Tensor((0..<16).map { $0 % 10 })
let loss = model(images.to(.complex64)).abs().softmaxCrossEntropy(labels)
loss.backward()
optimizer.step()
// snippet.end

// snippet.complexified
let pair = Complexified(real: Linear(4, 2, bias: false), imaginary: Linear(4, 2, bias: false))
let z = Tensor.complex(real: .normal([3, 4]), imaginary: .normal([3, 4]))
let native = z.linear(.complex(real: pair.real.weight.value, imaginary: pair.imaginary.weight.value))
print((pair(z) - native).abs().max())  // rounding
// snippet.end

// snippet.cauchyriemann
let points = Tensor.complex(real: .normal([5]), imaginary: .normal([5]))
print(cauchyRiemann(at: points) { $0 * $0 }.isHolomorphic())  // true
print(cauchyRiemann(at: points) { $0.conjugate() }.isHolomorphic())  // false
// snippet.end

// snippet.fourier
let sound = Tensor.normal([1, 4096])
let spectrogram = sound.stft(nFFT: 256, hopLength: 64, window: .hannWindow(256))  // [1, 129, 65], complex64
// snippet.end
