import Apus
import ApusFormats
import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    /// `convert` and `inspect`.
    @Suite struct Formats {
        let folder = TemporaryFolder()

        private static let tensors = [
            "layer.weight": Tensor([1, -2, .nan, 4] as [Float], shape: [2, 2]),
            "step": Tensor([7] as [Int64], shape: []),
        ]

        private func begin() throws {
            try Safetensors.save(
                Self.tensors, to: "\(folder.path)/a.safetensors", metadata: ["note": "two\nlines"])
        }

        @Test func everyFormatBecomesEveryOther() throws {
            try begin()
            var last = "a.safetensors"
            for (index, ending) in ["npz", "pt", "safetensors", "pth", "npz", "safetensors"].enumerated() {
                let next = "\(index).\(ending)"
                let result = try CommandTests.run("convert", last, next, in: folder.path)
                #expect(result.status == 0 && result.errors == "", "\(result.errors)")
                let line = result.output.split(separator: "\n").first ?? ""
                #expect(line.hasPrefix("saved \(next): the 2 tensors of \(last), "), "\(line)")
                let lost = last == "a.safetensors"
                #expect(result.output.contains("left out 2 strings of metadata") == lost)
                last = next
            }
            let found = try Safetensors.load("\(folder.path)/\(last)")
            #expect(found["step"]?.item() == 7 && found["layer.weight"]?.shape == [2, 2])
        }

        @Test func filesAreReplacedOnlyWhenAsked() throws {
            try begin()
            folder.write("b.npz", [1, 2, 3])
            let refused = try CommandTests.run("convert", "a.safetensors", "b.npz", in: folder.path)
            #expect(refused.status == 1 && refused.output == "")
            #expect(refused.errors == "apus: b.npz: is there already; pass --force to replace it\n")
            #expect(FileManager.default.contents(atPath: "\(folder.path)/b.npz") == Data([1, 2, 3]))
            let forced = try CommandTests.run("convert", "a.safetensors", "b.npz", "--force", in: folder.path)
            #expect(forced.status == 0, "\(forced.errors)")
            #expect(try NPZ.load("\(folder.path)/b.npz").count == 2)
        }

        @Test func typesAreNamed() throws {
            try Safetensors.save(
                ["x": Tensor.zeros([1], dtype: .bfloat16)], to: "\(folder.path)/half.safetensors")
            let lacking = try CommandTests.run("convert", "half.safetensors", "half.npy", in: folder.path)
            #expect(lacking.status == 1)
            #expect(lacking.errors == "apus: half.npy: expected a type that NumPy has, found bfloat16\n")
            folder.write("shorts", idx(0x0B, [2], [0, 1, 255, 255]))
            let widened = try CommandTests.run("convert", "shorts", "shorts.npy", in: folder.path)
            #expect(
                widened.output
                    == "saved shorts.npy: the tensor of shorts, idx\nwidened array from int16 to int32\n")
            #expect(try CommandTests.names(in: folder.path) == ["half.safetensors", "shorts", "shorts.npy"])
        }

        @Test func otherEndingsAreWrongUsage() throws {
            try begin()
            let result = try CommandTests.run("convert", "a.safetensors", "b.txt", in: folder.path)
            #expect(result.status == 64)
            #expect(result.errors.contains("'b.txt' ends with none of .safetensors, .npz, .npy, .pt, .pth"))
        }

        @Test func inspectIsATable() throws {
            try begin()
            let result = try CommandTests.run("inspect", "a.safetensors", in: folder.path)
            #expect(result.status == 0 && result.errors == "", "\(result.errors)")
            #expect(
                result.output == """
                    a.safetensors: safetensors, 2 tensors, 24 bytes
                    name          type     shape   bytes  min  max  mean    std  NaN
                    layer.weight  float32  2×2        16   -2    4     1  2.449    1
                    step          int64    scalar      8    7    7     7      0    0
                    metadata: format = pt
                    metadata: note = two\\nlines

                    """)
        }

        @Test func inspectIsJSON() throws {
            try begin()
            let result = try CommandTests.run("inspect", "a.safetensors", "--json", in: folder.path)
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
            #expect(object["format"] as? String == "safetensors")
            let tensors = try #require(object["tensors"] as? [[String: Any]])
            #expect(tensors.map { $0["name"] as? String } == ["layer.weight", "step"])
            #expect(tensors[0]["nan"] as? Int == 1 && tensors[0]["shape"] as? [Int] == [2, 2])
        }

        @Test func inspectReadsPicturesAndArrays() throws {
            try PNG.write(
                Image(width: 2, height: 1, format: .gray, pixels: [0, 255]), to: "\(folder.path)/a.png")
            let picture = try CommandTests.run("inspect", "a.png", in: folder.path)
            #expect(picture.output.contains("a.png: png, 1 tensor, 2 bytes\n"))
            #expect(picture.output.contains("pixels  uint8  1×2×1      2    0  255  127.5  127.5    0\n"))
            folder.write("shorts", deflated(idx(0x0B, [2], [0, 1, 255, 255])))
            let shorts = try CommandTests.run("inspect", "shorts", in: folder.path)
            #expect(shorts.output.contains("shorts: idx, 1 tensor, 4 bytes\n"))
            #expect(
                shorts.output.contains("array  int16  2          4   -1    1     0    1    0\n"),
                "\(shorts.output)")
        }

        @Test func whatCannotBeReadIsOneLine() throws {
            folder.write("bad.pt", Array("\u{80}\u{2}".utf8))
            for command in [["inspect", "bad.pt"], ["inspect", "none"], ["convert", "bad.pt", "a.npz"]] {
                let result = try CommandTests.finish(CommandTests.start(command, in: folder.path))
                #expect(result.status == 1 && result.output == "")
                #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
            }
            #expect(try CommandTests.names(in: folder.path) == ["bad.pt"])
        }
    }
}
