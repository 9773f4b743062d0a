import ApusKernelCalls

struct MakeComplex: BinaryPrimitive {
    static let kernel = Kernels.complex

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? { gradient.real }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        gradient.imaginary
    }
}

extension Tensor {
    /// Complex numbers from their parts, with broadcasting: both float32 or both float64.
    public static func complex(
        real: Tensor, imaginary: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if real.dtype != imaginary.dtype || (real.dtype != .float32 && real.dtype != .float64) {
            fail(
                "complex",
                "the parts are \(real.dtype) and \(imaginary.dtype), but must both be float32 or both float64",
                at: site)
        }
        return elementwise(MakeComplex(), real, imaginary, at: site)
    }
}

extension Operation {
    static let complex = Operation(
        "complex", dtypes: [.float32, .float64],
        [
            Sample("torch.complex(x, y)", [Input([3, 4]), Input([3, 4])]) {
                Tensor.complex(real: $0[0], imaginary: $0[1])
            },
            Sample("torch.complex(x, y)", [Input([2, 1, 4]), Input([3, 1])]) {
                Tensor.complex(real: $0[0], imaginary: $0[1])
            },
        ])
}
