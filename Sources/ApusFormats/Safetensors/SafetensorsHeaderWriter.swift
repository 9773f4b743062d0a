import Apus

/// Writes the length and the JSON that a safetensors file begins with.
enum SafetensorsHeaderWriter {
    /// The bytes before the data, a multiple of 8, for tensors that follow in this order.
    static func header(
        of tensors: [(name: String, tensor: Tensor)], metadata: [String: String]
    ) throws(Fault) -> [UInt8] {
        var members = [member("__metadata__", text(of: metadata))]
        var offset = 0
        for (name, tensor) in tensors {
            guard name != "__metadata__" else {
                throw Fault(
                    .unwritable,
                    "expected tensor names other than \"__metadata__\", which the format keeps for itself")
            }
            guard let dtype = tensor.dtype.safetensorsName else {
                throw .tensor(
                    name,
                    "expected one of \(DType.safetensorsNames), found \(tensor.dtype), "
                        + "for which safetensors has no name", .unwritable)
            }
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            let end = offset + tensor.count * tensor.dtype.size
            members.append(
                member(
                    name, #"{"dtype":"\#(dtype)","shape":[\#(shape)],"data_offsets":[\#(offset),\#(end)]}"#))
            offset = end
        }
        var json = Array("{\(members.joined(separator: ","))}".utf8)
        json += [UInt8](repeating: UInt8(ascii: " "), count: -json.count & 7)
        guard json.count <= SafetensorsHeader.maximumLength else {
            throw SafetensorsHeader.tooLong(UInt64(json.count))
        }
        return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
    }

    private static func text(of metadata: [String: String]) -> String {
        let sorted = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return "{" + sorted.map { member($0.key, JSONValue.literal($0.value)) }.joined(separator: ",") + "}"
    }

    private static func member(_ key: String, _ value: String) -> String {
        "\(JSONValue.literal(key)):\(value)"
    }
}
