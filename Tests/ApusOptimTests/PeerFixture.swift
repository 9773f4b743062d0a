import Apus
import ApusFormats
import Foundation
import Testing
import _ApusTestSupport

/// What PyTorch computes, by `Scripts/optimizer_peer.py`.
enum PeerFixture {
    static let tensors: [String: Tensor] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/optimizers.safetensors")
        return (try? Safetensors.load(file.path)) ?? [:]
    }()

    static func tensor(_ name: String) throws -> Tensor {
        try #require(tensors[name], "\(name) is not in the fixture")
    }

    /// Expects PyTorch's numbers, within 1e-5 in float32 and 1e-10 in float64.
    static func expect(
        _ found: Tensor, equals name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let expected = try tensor(name)
        let tolerance = found.dtype == .float64 ? 1e-10 : 1e-5
        #expect(found.shape == expected.shape, "\(name)", sourceLocation: sourceLocation)
        let problem = difference(found, expected, relative: tolerance, absolute: tolerance)
        #expect(problem == nil, "\(name): \(problem ?? "")", sourceLocation: sourceLocation)
    }
}
