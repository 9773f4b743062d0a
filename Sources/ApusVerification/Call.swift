import Apus

/// The arguments of a call, taken by position or name as Python does; what nobody has read is an option that the
/// counterpart does not know.
final class Call {
    private let arguments: [Value]
    private var keywords: [String: Value]
    private var read: Set<Int> = []
    private let memory: Storage
    /// The inputs that want a gradient, in order.
    private(set) var leaves: [Tensor] = []
    private var made: [Int: Tensor] = [:]

    init(_ request: Request) {
        arguments = request.arguments ?? []
        keywords = request.keywords ?? [:]
        memory = request.memory
        // All leaves are made at once, so that their order is that of the arguments.
        for value in arguments { makeLeaves(value) }
        for name in keywords.keys.sorted() { makeLeaves(keywords[name]!) }
    }

    var count: Int { arguments.count }

    /// The first argument that was not read and is more than None.
    var unread: String? {
        for (index, value) in arguments.enumerated() where !read.contains(index) {
            if case .none = value { continue }
            return "number \(index)"
        }
        return keywords.first { if case .none = $0.value { false } else { true } }?.key
    }

    private func makeLeaves(_ value: Value) {
        switch value {
        case .list(let values): values.forEach(makeLeaves)
        case .tensor(let layout) where layout.requiresGradient == true: _ = make(layout)
        default: break
        }
    }

    private func make(_ layout: TensorLayout) -> Tensor {
        // A leaf is told from others by where it stands.
        if let known = made[layout.offset], layout.requiresGradient == true { return known }
        let shape = Shape(layout.shape)
        let strides = layout.strides ?? Layout(contiguous: shape).strides
        var tensor = Tensor(
            storage: memory, layout: Layout(shape: shape, strides: strides, offset: layout.offset),
            dtype: DType(name: layout.dtype)!)
        if layout.requiresGradient == true {
            tensor = tensor.requiringGradient()
            made[layout.offset] = tensor
            leaves.append(tensor)
        }
        return tensor
    }

    /// The argument at a position or of a name; nil where there is none, or None.
    func value(_ position: Int?, _ name: String? = nil) -> Value? {
        var found: Value?
        if let position, position < arguments.count {
            read.insert(position)
            found = arguments[position]
        } else if let name, let value = keywords.removeValue(forKey: name) {
            found = value
        }
        if case .some(.none) = found { return nil }
        return found
    }

    func has(_ position: Int?, _ name: String? = nil) -> Bool {
        if let position, position < arguments.count {
            if case .none = arguments[position] { return false }
            return true
        }
        if let name, let value = keywords[name] {
            if case .none = value { return false }
            return true
        }
        return false
    }

    func isTensor(_ position: Int, _ name: String? = nil) -> Bool {
        if case .tensor? = peek(position, name) { return true }
        return false
    }

    func isString(_ position: Int, _ name: String? = nil) -> Bool {
        if case .string? = peek(position, name) { return true }
        return false
    }

    func isInt(_ position: Int, _ name: String? = nil) -> Bool {
        if case .int? = peek(position, name) { return true }
        return false
    }

    func isBool(_ position: Int, _ name: String? = nil) -> Bool {
        if case .bool? = peek(position, name) { return true }
        return false
    }

    /// An argument that stays unread.
    func peek(_ position: Int, _ name: String?) -> Value? {
        position < arguments.count ? arguments[position] : name.flatMap { keywords[$0] }
    }

    func optionalTensor(_ position: Int?, _ name: String? = nil) throws -> Tensor? {
        guard let value = value(position, name) else { return nil }
        guard case .tensor(let layout) = value else {
            throw Inexpressible("\(name ?? "an input") that is no tensor")
        }
        return make(layout)
    }

    func tensor(_ position: Int?, _ name: String? = nil) throws -> Tensor {
        guard let tensor = try optionalTensor(position, name) else {
            throw Inexpressible("no tensor \(name ?? "")")
        }
        return tensor
    }

    /// A tensor inside an argument that was read.
    func tensor(at layout: TensorLayout) throws -> Tensor { make(layout) }

    /// The first input.
    var x: Tensor { get throws { try tensor(0, "input") } }

    func tensors(_ position: Int?, _ name: String? = nil) throws -> [Tensor] {
        guard case .list(let values)? = value(position, name) else {
            throw Inexpressible("no list of tensors")
        }
        return try values.map { value in
            guard case .tensor(let layout) = value else {
                throw Inexpressible("a list with more than tensors")
            }
            return make(layout)
        }
    }

    /// All arguments from a position on, as tensors.
    func restOfTensors(from position: Int) throws -> [Tensor] {
        try (position..<Swift.max(position, count)).map { try tensor($0) }
    }

    func optionalInt(_ position: Int?, _ name: String? = nil) throws -> Int? {
        switch value(position, name) {
        case nil: return nil
        case .int(let number): return number
        case .bool(let truth): return truth ? 1 : 0
        case .tensor(let layout):
            let tensor = make(layout)
            if tensor.count == 1 && (tensor.dtype.isInteger || tensor.dtype == .bool) {
                return tensor.to(.int64).item()
            }
            throw Inexpressible("a tensor for \(name ?? "a number")")
        default: throw Inexpressible("\(name ?? "a number") that is no integer")
        }
    }

    func int(_ position: Int?, _ name: String? = nil, _ fallback: Int? = nil) throws -> Int {
        guard let number = try optionalInt(position, name) ?? fallback else {
            throw Inexpressible("no \(name ?? "number")")
        }
        return number
    }

    func optionalDouble(_ position: Int?, _ name: String? = nil) throws -> Double? {
        switch value(position, name) {
        case nil: return nil
        case .int(let number): return Double(number)
        case .float(let number): return number
        case .bool(let truth): return truth ? 1 : 0
        default: throw Inexpressible("\(name ?? "a number") that is no real number")
        }
    }

    func double(_ position: Int?, _ name: String? = nil, _ fallback: Double? = nil) throws -> Double {
        guard let number = try optionalDouble(position, name) ?? fallback else {
            throw Inexpressible("no \(name ?? "number")")
        }
        return number
    }

    func bool(_ position: Int?, _ name: String? = nil, _ fallback: Bool = false) throws -> Bool {
        switch value(position, name) {
        case nil: return fallback
        case .bool(let truth): return truth
        case .int(let number): return number != 0
        default: throw Inexpressible("\(name ?? "a flag") that is no truth value")
        }
    }

    func optionalString(_ position: Int?, _ name: String? = nil) throws -> String? {
        switch value(position, name) {
        case nil: return nil
        case .string(let text): return text
        default: throw Inexpressible("\(name ?? "a word") that is no string")
        }
    }

    func optionalDType(_ position: Int?, _ name: String? = nil) throws -> DType? {
        switch value(position, name) {
        case nil: return nil
        case .dtype(let dtype): return dtype
        default: throw Inexpressible("\(name ?? "a type") that is no type")
        }
    }

    /// One integer or several.
    func optionalInts(_ position: Int?, _ name: String? = nil) throws -> [Int]? {
        switch value(position, name) {
        case nil: return nil
        case .int(let number): return [number]
        case .list(let values):
            return try values.map {
                guard case .int(let number) = $0 else {
                    throw Inexpressible("\(name ?? "a list") with more than integers")
                }
                return number
            }
        default: throw Inexpressible("\(name ?? "numbers") that are no integers")
        }
    }

    func ints(_ position: Int?, _ name: String? = nil, _ fallback: [Int]? = nil) throws -> [Int] {
        guard let numbers = try optionalInts(position, name) ?? fallback else {
            throw Inexpressible("no \(name ?? "numbers")")
        }
        return numbers
    }

    /// All integers from a position on, or the one list there: `permute(0, 1)` and `permute([0, 1])`.
    func integers(from position: Int, _ name: String? = nil) throws -> [Int] {
        if count > position + 1 { return try (position..<count).map { try int($0) } }
        return try ints(position, name)
    }

    func doubles(_ position: Int?, _ name: String? = nil) throws -> [Double]? {
        switch value(position, name) {
        case nil: return nil
        case .float(let number): return [number]
        case .int(let number): return [Double(number)]
        case .list(let values):
            return try values.map {
                switch $0 {
                case .float(let number): number
                case .int(let number): Double(number)
                default: throw Inexpressible("\(name ?? "a list") with more than numbers")
                }
            }
        default: throw Inexpressible("\(name ?? "numbers") that are no numbers")
        }
    }

    /// A number of any kind; nil where a tensor stands.
    func number(_ position: Int?, _ name: String? = nil) throws -> (any TensorScalar)? {
        switch value(position, name) {
        case .int(let number): return number
        case .float(let number): return number
        case .bool(let truth): return truth
        case .complex(let real, let imaginary): return Complex(real, imaginary)
        default: return nil
        }
    }

    /// A tensor, or a number as one of rank 0.
    func tensorOfNumber(_ position: Int, _ name: String? = nil) throws -> Tensor {
        if isTensor(position, name) { return try tensor(position, name) }
        guard let number = try number(position, name) else {
            throw Inexpressible("neither a tensor nor a number")
        }
        func make<S: TensorScalar>(_ s: S) -> Tensor { Tensor(s) }
        return make(number)
    }

    /// A number that multiplies tensors of a type, which takes whole ones alone if it is of integers.
    func number(_ position: Int?, _ name: String, of dtype: DType) throws -> (any TensorScalar)? {
        guard let number = try number(position, name) else { return nil }
        if dtype == .bool { return (number as? Int).map { $0 != 0 } ?? true }
        if dtype.isInteger, let real = number as? Double { return Int(real) }
        return number
    }

    /// What a padding is filled with.
    func fill(_ position: Int?, _ name: String) throws -> PadMode {
        if let position, case .complex(let real, let imaginary)? = peek(position, name) {
            _ = value(position, name)
            return .complexConstant(Complex(real, imaginary))
        }
        return .constant(try double(position, name, 0))
    }

    /// The axes of a reduction: nil stands for all of them.
    func axes(_ position: Int? = 1, _ name: String = "dim") throws -> [Int]? {
        let axes = try optionalInts(position, name)
        return axes?.isEmpty == true ? nil : axes
    }

    /// `x` in the type that `dtype=` asks for.
    func converted(_ x: Tensor) throws -> Tensor {
        try optionalDType(nil, "dtype").map { x.to($0) } ?? x
    }
}
