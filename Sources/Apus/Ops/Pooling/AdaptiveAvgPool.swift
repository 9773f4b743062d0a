extension Tensor {
    /// The average of each of `size` parts of the last axis of [batch, channels, length], or without batch.
    ///
    /// Part j of o takes the positions from ⌊j·i/o⌋ up to ⌈(j + 1)·i/o⌉ of i: parts may overlap. A size of nil keeps its axis.
    public func adaptiveAvgPool1d(
        _ size: AdaptiveExtents, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        adaptiveAvgPool("adaptiveAvgPool1d", axes: 1, size, at: CallSite(file: file, line: line))
    }

    /// The average of each of size × size parts of planes [batch, channels, height, width], or without batch; see
    /// `adaptiveAvgPool1d`.
    public func adaptiveAvgPool2d(
        _ size: AdaptiveExtents, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        adaptiveAvgPool("adaptiveAvgPool2d", axes: 2, size, at: CallSite(file: file, line: line))
    }

    /// The average of each part of volumes [batch, channels, depth, height, width], or without batch; see
    /// `adaptiveAvgPool1d`.
    public func adaptiveAvgPool3d(
        _ size: AdaptiveExtents, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        adaptiveAvgPool("adaptiveAvgPool3d", axes: 3, size, at: CallSite(file: file, line: line))
    }

    package func adaptiveAvgPool(
        _ operation: String, axes: Int, _ size: AdaptiveExtents, at site: CallSite?
    ) -> Tensor {
        let (x, isAdded) = promoted(by: .average).withBatch(axes, operation, site)
        let window = AdaptiveWindow(operation, axes: axes, size: size, x.shape, site)
        x.checkSize(window.sizes, operation, site)
        return Tensor.apply(WeightedSums(name: operation, windows: window), to: [x], at: site)
            .withoutBatch(isAdded)
    }
}

extension Operation {
    static let adaptiveAvgPool = Operation(
        "adaptiveAvgPool",
        [
            Sample("F.adaptive_avg_pool1d(x, 4)", [Input([2, 3, 10])]) { $0[0].adaptiveAvgPool1d(4) },
            Sample("F.adaptive_avg_pool2d(x, (3, 2))", [Input([2, 9, 7, 5])]) {
                $0[0].adaptiveAvgPool2d([3, 2])
            },
            Sample("F.adaptive_avg_pool2d(x, (None, 2))", [Input([2, 3, 4, 5])]) {
                $0[0].adaptiveAvgPool2d([nil, 2])
            },
            Sample("F.adaptive_avg_pool2d(x, 5)", [Input([2, 3, 4])]) { $0[0].adaptiveAvgPool2d(5) },
            Sample("F.adaptive_avg_pool2d(x, 1)", [Input([1, 20, 3, 7])]) { $0[0].adaptiveAvgPool2d(1) },
            Sample("F.adaptive_avg_pool3d(x, (1, 2, 3))", [Input([1, 2, 3, 4, 5])]) {
                $0[0].adaptiveAvgPool3d([1, 2, 3])
            },
        ])
}
