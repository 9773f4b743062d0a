import Apus

private func filled(_ value: Int) -> Counterpart {
    { call in
        let shape = Shape(try call.integers(from: 0, "size"))
        return [Tensor.full(shape, value, dtype: try call.optionalDType(nil, "dtype") ?? .float32)]
    }
}

let creationCounterparts: [String: Counterpart] = [
    "zeros": filled(0),
    "ones": filled(1),
    "full": { call in
        let shape = Shape(try call.ints(0, "size"))
        let dtype = try call.optionalDType(nil, "dtype")
        guard let value = try call.number(1, "fill_value") else { throw Inexpressible("a value") }
        func make<S: TensorScalar>(_ value: S) -> Tensor { Tensor.full(shape, value, dtype: dtype) }
        return [make(value)]
    },
    "full_like": { call in
        let x = try call.x
        let dtype = try call.optionalDType(nil, "dtype") ?? x.dtype
        guard let value = try call.number(1, "fill_value") else { throw Inexpressible("a value") }
        func make<S: TensorScalar>(_ value: S) -> Tensor { Tensor.full(x.shape, value, dtype: dtype) }
        return [make(value)]
    },
    "eye": { call in
        let rows = try call.int(0, "n")
        return [
            Tensor.eye(
                rows, try call.optionalInt(1, "m"), dtype: try call.optionalDType(nil, "dtype") ?? .float32)
        ]
    },
    "arange": { call in
        let dtype = try call.optionalDType(nil, "dtype")
        // The end may have its name.
        let names: [String?] = [nil, "end", nil]
        let count = call.count == 1 && call.has(1, "end") ? 2 : call.count
        let isWhole = (0..<count).allSatisfy { call.isInt($0, names[$0]) }
        if isWhole {
            let numbers = try (0..<count).map { try call.int($0, names[$0]) }
            let start = numbers.count > 1 ? numbers[0] : 0
            let end = numbers.count > 1 ? numbers[1] : numbers[0]
            return [
                Tensor.arange(start, end, step: numbers.count > 2 ? numbers[2] : 1, dtype: dtype ?? .int64)
            ]
        }
        let numbers = try (0..<count).map { try call.double($0, names[$0]) }
        let start = numbers.count > 1 ? numbers[0] : 0
        let end = numbers.count > 1 ? numbers[1] : numbers[0]
        return [Tensor.arange(start, end, step: numbers.count > 2 ? numbers[2] : 1, dtype: dtype ?? .float32)]
    },
    "linspace": { call in
        guard !call.isTensor(0), !call.isTensor(1) else { throw Inexpressible("tensors for ends") }
        return [
            Tensor.linspace(
                try call.double(0, "start"), try call.double(1, "end"), count: try call.int(2, "steps"),
                dtype: try call.optionalDType(nil, "dtype") ?? .float32)
        ]
    },
    "logspace": { call in
        guard !call.isTensor(0), !call.isTensor(1) else { throw Inexpressible("tensors for ends") }
        return [
            Tensor.logspace(
                try call.double(0, "start"), try call.double(1, "end"), count: try call.int(2, "steps"),
                base: try call.double(3, "base", 10), dtype: try call.optionalDType(nil, "dtype") ?? .float32)
        ]
    },
    "signal.windows.hann": { call in
        [
            Tensor.hannWindow(
                try call.int(0, "M"), periodic: !(try call.bool(nil, "sym", true)),
                dtype: try call.optionalDType(nil, "dtype") ?? .float32)
        ]
    },
    "signal.windows.blackman": { call in
        [
            Tensor.blackmanWindow(
                try call.int(0, "M"), periodic: !(try call.bool(nil, "sym", true)),
                dtype: try call.optionalDType(nil, "dtype") ?? .float32)
        ]
    },
    "signal.windows.hamming": { call in
        [
            Tensor.hammingWindow(
                try call.int(0, "M"), periodic: !(try call.bool(nil, "sym", true)),
                dtype: try call.optionalDType(nil, "dtype") ?? .float32)
        ]
    },
]
