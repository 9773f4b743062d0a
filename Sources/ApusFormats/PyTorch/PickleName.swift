import ApusCore

/// The names that a pickle may have. Nothing else is looked up, and none of these runs code.
enum PickleName: Hashable, CustomStringConvertible {
    case orderedDictionary
    /// Makes a tensor of a storage; the third version says the type of the elements.
    case rebuildTensor2, rebuildTensor3
    case rebuildParameter
    /// nil is a storage of bytes whose type each tensor says.
    case storage(ElementType?)
    case type(ElementType)

    /// - Throws: `Fault` with the name for every other one.
    init(module: String, name: String) throws(Fault) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor2
        case ("torch._utils", "_rebuild_tensor_v3"): self = .rebuildTensor3
        case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
        case ("torch.storage", "UntypedStorage"): self = .storage(nil)
        default:
            if ["torch", "torch.cuda"].contains(module), let type = Self.storages[name] {
                self = .storage(type)
            } else if module == "torch", let type = Self.types[name] {
                self = .type(type)
            } else {
                throw Fault(
                    .unexpected,
                    "expected only what a state dictionary of tensors needs, found the name "
                        + "\(Fault.quoted("\(module).\(name)")), which is not looked up: it could run code")
            }
        }
    }

    var description: String {
        switch self {
        case .orderedDictionary: "collections.OrderedDict"
        case .rebuildTensor2: "torch._utils._rebuild_tensor_v2"
        case .rebuildTensor3: "torch._utils._rebuild_tensor_v3"
        case .rebuildParameter: "torch._utils._rebuild_parameter"
        case .storage(nil): "torch.storage.UntypedStorage"
        case .storage(let type?): "torch.\(Self.storageName(of: type) ?? "Storage")"
        case .type(let type): "torch.\(type)"
        }
    }

    static func storageName(of type: ElementType) -> String? { storages.first { $0.value == type }?.key }

    private static let storages: [String: ElementType] = [
        "BoolStorage": .tensor(.bool), "ByteStorage": .tensor(.uint8), "CharStorage": .other(.int8),
        "ShortStorage": .other(.int16), "IntStorage": .tensor(.int32), "LongStorage": .tensor(.int64),
        "HalfStorage": .tensor(.float16), "BFloat16Storage": .tensor(.bfloat16),
        "FloatStorage": .tensor(.float32), "DoubleStorage": .tensor(.float64),
        "ComplexFloatStorage": .tensor(.complex64), "ComplexDoubleStorage": .tensor(.complex128),
    ]

    private static let types: [String: ElementType] = {
        let others: [UnsupportedType] = [
            .int8, .int16, .uint16, .uint32, .uint64, .float8E4M3, .float8E5M2, .float8E4M3FNUZ,
            .float8E5M2FNUZ, .float8E8M0,
        ]
        let all = DType.allCases.map { ElementType.tensor($0) } + others.map { .other($0) }
        return Dictionary(uniqueKeysWithValues: all.map { ($0.description, $0) })
    }()
}
