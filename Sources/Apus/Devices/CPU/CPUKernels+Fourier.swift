import ApusKernels

extension CPUKernels {
    package func fourierTransform(
        _ kind: FourierKind, _ x: Operand, into y: Operand, axes: [Int], scale: Double, edge: Double
    ) {
        access { FourierKernels.transform(kind, x, into: y, axes: axes, scale: scale, edge: edge) }
    }
}
