import Apus
import ApusFormats

/// Picture files and their pixels as Pillow reads them: what `Scripts/image_fixtures.py` wrote.
enum ImageFixtures {
    static let tensors: [String: Tensor] = {
        do { return try Safetensors.load(try Fixture.path("images.safetensors")) } catch {
            fatalError("\(error)")
        }
    }()

    /// The files' names, such as `jpeg.420`.
    static let names = tensors.keys.filter { tensors["\($0).rgb"] != nil }.sorted()

    static func file(_ name: String) -> [UInt8] { tensors[name]!.array(of: UInt8.self) }

    /// As Pillow's `convert("RGB")` and `convert("L")` give it.
    static func image(_ name: String, as format: Image.Format) -> Image {
        let pixels = tensors["\(name).\(format == .rgb ? "rgb" : "gray")"]!
        return Image(
            width: pixels.shape[1], height: pixels.shape[0], format: format,
            pixels: pixels.array(of: UInt8.self))
    }
}
