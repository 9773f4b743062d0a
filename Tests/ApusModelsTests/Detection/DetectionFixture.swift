import Apus
import ApusFormats
import Foundation

/// What `Scripts/detection_fixtures.py` wrote.
enum DetectionFixture {
    private static let tensors = try! Safetensors.load(
        URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fixtures/detection.safetensors").path)

    static func tensor(_ name: String) -> Tensor { tensors[name]! }

    /// The largest difference, relative to the largest number.
    static func distance(_ found: Tensor, _ name: String) -> Double {
        let expected = tensor(name).to(.float64)
        if found.shape != expected.shape { return .infinity }
        let scale = expected.abs().max().item(as: Double.self)
        return (found.to(.float64) - expected).abs().max().item(as: Double.self) / scale
    }
}
