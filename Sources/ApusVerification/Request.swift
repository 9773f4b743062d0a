import Apus
import Foundation

/// One call to make: a name, arguments, and the bytes of the tensors among them.
struct Request: Decodable {
    let list: Bool?
    let name: String?
    let arguments: [Value]?
    let keywords: [String: Value]?
    /// How many times to differentiate.
    let order: Int?
    let bytes: Int?

    enum CodingKeys: CodingKey { case list, name, arguments, keywords, order, bytes }

    /// The next request of the input: eight bytes that count those of the JSON after them, and the tensors' bytes; nil
    /// at its end.
    static func next() throws -> Request? {
        let length = try read(8)
        if length.isEmpty { return nil }
        let json = try read(Int(length.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }))
        var request = try JSONDecoder().decode(Request.self, from: json)
        let bytes = try read(request.bytes ?? 0)
        request.memory = Storage(byteCount: bytes.count)
        bytes.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(start: request.memory.pointer, count: $0.count).copyMemory(from: $0)
        }
        return request
    }

    /// `count` bytes, or none at the end of the input.
    private static func read(_ count: Int) throws -> Data {
        var data = Data()
        while data.count < count, let more = try FileHandle.standardInput.read(upToCount: count - data.count),
            !more.isEmpty
        {
            data += more
        }
        return data
    }

    /// What the tensors are made of.
    private(set) var memory = Storage(byteCount: 0)
}

/// An argument as Python has it.
indirect enum Value: Decodable {
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    case complex(Double, Double)
    case string(String)
    case dtype(DType)
    case slice(Int?, Int?, Int?)
    case ellipsis
    case list([Value])
    case tensor(TensorLayout)

    private enum Keys: CodingKey { case kind, value }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Keys.self)
        func value<T: Decodable>(_ type: T.Type) throws -> T { try fields.decode(type, forKey: .value) }
        func double(_ text: String) throws -> Double {
            guard let number = Double(text) else { throw Inexpressible("the number '\(text)'") }
            return number
        }
        switch try fields.decode(String.self, forKey: .kind) {
        case "none": self = .none
        case "bool": self = .bool(try value(Bool.self))
        case "int": self = .int(try value(Int.self))
        case "float": self = .float(try double(try value(String.self)))
        case "complex":
            let parts = try value([String].self)
            self = .complex(try double(parts[0]), try double(parts[1]))
        case "string": self = .string(try value(String.self))
        case "dtype":
            guard let dtype = DType(name: try value(String.self)) else {
                throw Inexpressible("the type \(try value(String.self))")
            }
            self = .dtype(dtype)
        case "slice":
            let bounds = try value([Int?].self)
            self = .slice(bounds[0], bounds[1], bounds[2])
        case "ellipsis": self = .ellipsis
        case "list": self = .list(try value([Value].self))
        case "tensor": self = .tensor(try value(TensorLayout.self))
        case let kind: throw Inexpressible("an argument of kind \(kind)")
        }
    }
}

/// Where a tensor stands in the bytes of a request or an answer.
struct TensorLayout: Codable {
    let dtype: String
    let shape: [Int]
    /// In elements; nil where the elements are contiguous.
    let strides: [Int]?
    /// In elements, from the start of all bytes.
    let offset: Int
    let requiresGradient: Bool?
}

/// What Apus cannot say, as opposed to what it says wrongly.
struct Inexpressible: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}
