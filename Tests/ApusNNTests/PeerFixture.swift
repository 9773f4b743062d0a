import Apus
import ApusFormats

/// What a script computed with another framework, and wrote to `Tests/Fixtures`: tensors by names in parts, such as
/// `encoder.gradient.linear1.weight`.
struct PeerFixture {
    let tensors: [String: Tensor]

    private init(_ tensors: [String: Tensor]) { self.tensors = tensors }

    /// - Parameter name: the file's, without its extension.
    init(_ name: String, file: StaticString = #filePath) throws {
        let parts = "\(file)".split(separator: "/", omittingEmptySubsequences: false)
        let tests = parts.prefix { $0 != "ApusNNTests" }.joined(separator: "/")
        tensors = try Safetensors.load("\(tests)/Fixtures/\(name).safetensors")
    }

    subscript(name: String) -> Tensor? { tensors[name] }

    /// The tensors whose names begin with a part, without it.
    func part(_ name: String) -> PeerFixture {
        PeerFixture(
            Dictionary(
                uniqueKeysWithValues: tensors.filter { $0.key.hasPrefix("\(name).") }
                    .map { (String($0.key.dropFirst(name.count + 1)), $0.value) }))
    }

    /// Σ cos(i)·x of all elements, in the type of x: what the scripts take gradients of.
    static func weighted(_ x: Tensor) -> Tensor {
        (x * (Tensor.arange(x.count).to(.float64) + 1).cos().to(x.dtype).reshape(x.shape)).sum()
    }
}
