import ApusKernelBase
import ApusCore

extension MatrixProduct {
    /// Adds the bias, if there is one, to every row of C, in a pass of its own: for types whose products do not add it.
    func addBias() {
        guard let bias else { return }
        switch dtype {
        case .float64: addRows(Double.self, bias, 1) { $0 + $1 }
        case .float32: addRows(Float.self, bias, 1) { $0 + $1 }
        case .complex64: addRows(Float.self, bias, 2) { $0 + $1 }
        case .complex128: addRows(Double.self, bias, 2) { $0 + $1 }
        case .float16: addRows(Float16.self, bias, 1) { Float16(Float($0) + Float($1)) }
        case .bfloat16: addRows(BFloat16.self, bias, 1) { BFloat16(Float($0) + Float($1)) }
        case .int64: addRows(Int64.self, bias, 1) { $0 &+ $1 }
        case .int32: addRows(Int32.self, bias, 1) { $0 &+ $1 }
        case .uint8: addRows(UInt8.self, bias, 1) { $0 &+ $1 }
        case .bool: addRows(UInt8.self, bias, 1) { $0 | $1 }
        }
    }

    @inline(__always)
    private func addRows<T>(
        _ type: T.Type, _ bias: UnsafeRawPointer, _ width: Int, _ add: (T, T) -> T
    ) {
        let bias = bias.assumingMemoryBound(to: T.self)
        let c = self.c.assumingMemoryBound(to: T.self)
        let length = n * width
        Parallel.units(batch * m, cost: length) { unit in
            let row = c + (unit / m * cBatchStride + unit % m * n) * width
            @inline(__always) func addRow() { for j in 0..<length { row[j] = add(row[j], bias[j]) } }
            if type == Float16.self { withHalfConversions(addRow) } else { addRow() }
        }
    }
}
