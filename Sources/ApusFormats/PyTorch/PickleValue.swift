/// What a pickle of a state dictionary has been read to.
struct Pickle {
    let root: PickleValue
    /// The elements of each list, tuple, set and dictionary.
    let containers: [[PickleValue]]
    let storages: [PickledStorage]
    let tensors: [PickledTensor]
    /// The position behind it.
    let end: Int
}

/// A value of a pickle that holds a state dictionary.
///
/// Lists, tuples and dictionaries are numbers of the pickle's containers, as values may hold each other and themselves.
enum PickleValue {
    case none
    case bool(Bool)
    case int(Int)
    /// One that 64 bits do not hold, in decimal digits.
    case largeInt(String)
    case float(Double)
    case string(String)
    case list(Int), tuple(Int), set(Int)
    /// Its container has keys and values by turns.
    case dictionary(Int)
    case global(PickleName)
    /// The number of a storage.
    case storage(Int)
    /// The number of a tensor.
    case tensor(Int)

    /// What it is, for messages.
    var kind: String {
        switch self {
        case .none: "None"
        case .bool: "a bool"
        case .int, .largeInt: "an int"
        case .float: "a float"
        case .string: "a string"
        case .list: "a list"
        case .tuple: "a tuple"
        case .set: "a set"
        case .dictionary: "a dictionary"
        case .global(let name): name.description
        case .storage: "a storage"
        case .tensor: "a tensor"
        }
    }
}

/// A storage that a pickle names: elements that tensors are views of.
struct PickledStorage {
    let key: String
    /// nil where each tensor says itself what the bytes are.
    let type: ElementType?
    /// Of bytes where there is no type.
    let elementCount: Int
    /// The elements that tensors see, where the storage is a part of another one.
    let visible: Range<Int>

    /// Bytes that the file has for it.
    var byteCount: Int { elementCount.multipliedClamped(by: type?.size ?? 1) }
}

/// A tensor that a pickle describes.
struct PickledTensor {
    /// The number of its storage.
    let storage: Int
    let type: ElementType
    let offset: Int
    let shape: [Int]
    let strides: [Int]
    /// What PyTorch notes instead of computing it.
    var isConjugate = false
    var isNegative = false
}
