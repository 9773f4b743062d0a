import ApusKernels

extension CPUKernels {
    package func count(except number: Int64, _ a: UnsafeRawPointer, _ count: Int) -> Int {
        access {
            let numbers = UnsafeBufferPointer(start: a.assumingMemoryBound(to: Int64.self), count: count)
            return numbers.count { $0 != number }
        }
    }

    package func softmax(
        _ x: UnsafeRawPointer, into y: UnsafeMutableRawPointer, _ dtype: DType, _ split: AxisSplit,
        logarithm: Bool
    ) {
        access { Kernels.softmax(x, into: y, dtype, split, logarithm: logarithm) }
    }

    package func softmaxGradient(
        _ gradient: UnsafeRawPointer, _ y: UnsafeRawPointer, into result: UnsafeMutableRawPointer,
        _ dtype: DType, _ split: AxisSplit, logarithm: Bool
    ) -> Bool {
        access { Kernels.softmaxGradient(gradient, y, into: result, dtype, split, logarithm: logarithm) }
    }

    package func logSumExp(
        _ x: UnsafeRawPointer, _ dtype: DType, _ split: AxisSplit, tops: UnsafeMutableRawPointer,
        logSums: UnsafeMutableRawPointer
    ) {
        access { Kernels.logSumExp(x, dtype, split, tops: tops, logSums: logSums) }
    }

    package func crossEntropy(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, classes: UnsafeRawPointer,
        tops: UnsafeRawPointer, logSums: UnsafeRawPointer, ignored: Int, smoothing: Double,
        losses: UnsafeMutableRawPointer
    ) -> Int? {
        access {
            Kernels.crossEntropy(
                x, dtype, rows: rows, length: length, classes: classes.assumingMemoryBound(to: Int64.self),
                tops: tops, logSums: logSums, ignored: ignored, smoothing: smoothing, losses: losses)
        }
    }

    package func crossEntropyGradient(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, classes: UnsafeRawPointer,
        tops: UnsafeRawPointer, logSums: UnsafeRawPointer, ignored: Int, smoothing: Double,
        weights: UnsafeRawPointer, into result: UnsafeMutableRawPointer
    ) {
        access {
            Kernels.crossEntropyGradient(
                x, dtype, rows: rows, length: length, classes: classes.assumingMemoryBound(to: Int64.self),
                tops: tops, logSums: logSums, ignored: ignored, smoothing: smoothing, weights: weights,
                into: result)
        }
    }

    package func variance(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, divisor: Double, root: Bool,
        into result: UnsafeMutableRawPointer
    ) {
        access {
            Kernels.variance(x, dtype, rows: rows, length: length, divisor: divisor, root: root, into: result)
        }
    }

    package func scan(
        _ kind: ScanKind, _ x: UnsafeRawPointer, into y: UnsafeMutableRawPointer, _ dtype: DType,
        _ split: AxisSplit, reversed: Bool
    ) {
        access { Kernels.scan(kind, x, into: y, dtype, split, reversed: reversed) }
    }

    package func scanExtremes(
        _ x: UnsafeRawPointer, _ dtype: DType, _ split: AxisSplit, largest: Bool,
        values: UnsafeMutableRawPointer, indices: UnsafeMutableRawPointer
    ) {
        access {
            Kernels.scanExtremes(
                x, dtype, split, largest: largest, values: values,
                indices: indices.assumingMemoryBound(to: Int64.self))
        }
    }

    package func indexOfExtreme(
        _ x: UnsafeRawPointer, _ dtype: DType, _ split: AxisSplit, largest: Bool,
        indices: UnsafeMutableRawPointer, values: UnsafeMutableRawPointer?
    ) {
        access {
            Kernels.indexOfExtreme(
                x, dtype, split, largest: largest, indices: indices.assumingMemoryBound(to: Int64.self),
                values: values)
        }
    }

    package func sortRows(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, kept: Int, descending: Bool,
        indices: UnsafeMutableRawPointer
    ) {
        access {
            Kernels.sortRows(
                x, dtype, rows: rows, length: length, kept: kept, descending: descending,
                indices: indices.assumingMemoryBound(to: Int64.self))
        }
    }

    package func searchSorted(
        _ sorted: UnsafeRawPointer, _ length: Int, _ values: UnsafeRawPointer, _ count: Int, rows: Int,
        _ dtype: DType, right: Bool, into result: UnsafeMutableRawPointer
    ) {
        access {
            Kernels.searchSorted(
                sorted, length, values, count, rows: rows, dtype, right: right,
                into: result.assumingMemoryBound(to: Int64.self))
        }
    }

    package func distinctRuns(
        _ x: UnsafeRawPointer, _ dtype: DType, _ count: Int, order: UnsafeRawPointer,
        inverse: UnsafeMutableRawPointer
    ) -> [Int] {
        access {
            Kernels.distinctRuns(
                x, dtype, count, order: order.assumingMemoryBound(to: Int64.self),
                inverse: inverse.assumingMemoryBound(to: Int64.self))
        }
    }

    package func areWithin(
        _ x: UnsafeRawPointer, _ dtype: DType, count: Int, _ range: ClosedRange<Double>, orZero: Bool
    ) -> Bool { access { Kernels.areWithin(x, dtype, count: count, range, orZero: orZero) } }
}
