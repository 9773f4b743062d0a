import Apus
import ApusFormats
import Foundation
import Testing
import _ApusTestSupport

@testable import ApusData

@Suite struct FileDatasetTests {
    let scratch = TemporaryFolder()

    private func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: "\(scratch.path)/\(name)", withIntermediateDirectories: true)
    }

    private func writePicture(_ name: String, _ value: UInt8, side: Int = 2) throws {
        let pixels = [UInt8](repeating: value, count: side * side)
        try PNG.write(
            Image(width: side, height: side, format: .gray, pixels: pixels), to: "\(scratch.path)/\(name)")
    }

    private func makePictures() throws {
        for (folder, names) in [
            ("cat", ["b.png", "a.PNG", "c.png"]), ("Dog", ["x.png"]), (".hidden", ["y.png"]),
        ] {
            try makeFolder(folder)
            for (number, name) in names.enumerated() {
                try writePicture("\(folder)/\(name)", UInt8(10 * number + folder.utf8.count))
            }
        }
        scratch.write("cat/notes.txt", [1])
        scratch.write("loose.png", [1])
    }

    @Test func foldersAreClasses() throws {
        try makePictures()
        let set = try ImageFolder(scratch.path + "/", as: .gray)
        // In the order of bytes, as Python sorts.
        #expect(set.classNames == ["Dog", "cat"] && set.labels == [0, 1, 1, 1] && set.count == 4)
        #expect(
            set.paths.map { String($0.dropFirst(scratch.path.count)) } == [
                "/Dog/x.png", "/cat/a.PNG", "/cat/b.png", "/cat/c.png",
            ])
        #expect(
            try set.sample(2)
                == LabeledImage(
                    image: Image(width: 2, height: 2, format: .gray, pixels: [3, 3, 3, 3]), label: 1))
        #expect(try ImageFolder(scratch.path).sample(0).image.format == .rgb)
        let loader = DataLoader(
            set.transformed { Tensor($0.pixels, shape: [1, $0.height, $0.width]) }, batchSize: 3,
            sampler: .sequential, workers: 2)
        let batch = try #require(try loader.epoch(0).next())
        #expect(batch.inputs.shape == [3, 1, 2, 2] && batch.labels.array(of: Int.self) == [0, 1, 1])
    }

    @Test func badPicturesNameTheirFile() throws {
        try makePictures()
        scratch.write("cat/b.png", [1, 2, 3])
        try writePicture("cat/c.png", 1, side: 3)
        let set = try ImageFolder(scratch.path, as: .gray)
        let pictures = set.transformed { Tensor($0.pixels, shape: [$0.height, $0.width]) }
        let epoch = DataLoader(pictures, batchSize: 4, sampler: .sequential, policy: .skip).epoch(0)
        #expect(try epoch.next()?.sampleCount == 2)
        #expect(epoch.skipped.map(\.indices) == [[2], [3]])
        #expect(epoch.skipped[0].description.hasPrefix("sample 2: \(scratch.path)/cat/b.png: expected a"))
        #expect(
            epoch.skipped[1].description
                == "sample 3 (\(scratch.path)/cat/c.png): it is uint8 [3, 3], and the first of its batch uint8 [2, 2]; "
                + "stacked tensors have one shape and type")
    }

    @Test func foldersWithoutClassesOrPicturesAreRefused() throws {
        #expect(#expect(throws: FileError.self) { try ImageFolder("/nowhere") }?.kind == .missing)
        #expect(#expect(throws: FileError.self) { try ImageFolder(scratch.path) }?.kind == .unexpected)
        try makeFolder("empty")
        let error = #expect(throws: FileError.self) { try ImageFolder(scratch.path) }
        #expect(error?.path == "\(scratch.path)/empty")
    }

    @Test(arguments: ["", "cifar-10-batches-bin/"]) func cifarComesFromItsFiles(inner: String) throws {
        if inner != "" { try makeFolder(inner) }
        for batch in 1...5 {
            scratch.write("\(inner)data_batch_\(batch).bin", cifarRecords([UInt8(batch), 0], of: .ten))
        }
        scratch.write("\(inner)test_batch.bin", cifarRecords([9], of: .ten))
        let set = try CIFAR10.load(.train, from: scratch.path)
        #expect(set.count == 10 && set.channels == 3 && set.images.shape == [10, 3, 32, 32])
        #expect(set.labels.array(of: Int.self) == [1, 0, 2, 0, 3, 0, 4, 0, 5, 0])
        #expect(try CIFAR10.load(.test, from: scratch.path).labels.array(of: Int.self) == [9])
        var scaled = set
        scaled.scalings = PixelScaling.cifar10
        let batch = scaled.prefix(9).batch([5, 0])
        #expect(batch.inputs.shape == [2, 3, 32, 32])
        let (mean, deviation) = (PixelScaling.cifar10[1].mean, PixelScaling.cifar10[1].deviation)
        let byte = Float((7 + 1024 + 33) % 256)
        #expect(abs(batch.inputs[0, 1, 1, 1].item(as: Float.self) - (byte / 255 - mean) / deviation) < 1e-5)
        // As pictures, a pixel's samples stand side by side.
        let picture = set.pictures.sample(1)
        #expect(picture.label == 0 && picture.image.pixels[3 * 33 + 1] == UInt8(byte))
        #expect(set.digest != set.prefix(9).digest)
    }

    @Test func hundredClassesComeFromTheirFiles() throws {
        scratch.write("train.bin", cifarRecords([99, 4], of: .hundred))
        let set = try CIFAR100.load(.train, from: scratch.path)
        #expect(set.classes == 100 && set.labels.array(of: Int.self) == [99, 4])
        #expect(
            #expect(throws: FileError.self) { try CIFAR100.load(.test, from: scratch.path) }?.kind == .missing
        )
    }

    @Test func rowsOfTablesAreSamples() throws {
        let path = scratch.write("t.csv", Array("x,color,y\n1,red,a\n2,blue,b\n3,red,a\n".utf8))
        let table = try CSV.read(path)
        let set = try CSVDataset(table, inputs: ["x", .categorical("color")], target: .categorical("y"))
        #expect(set.inputs.array(of: Float.self) == [1, 0, 1, 2, 1, 0, 3, 0, 1])
        #expect(set.targets.array(of: Int.self) == [0, 1, 0] && set.targets.dtype == .int64)
        #expect(set.categories == ["color": ["blue", "red"], "y": ["a", "b"]])
        #expect(set.batch([2]).inputs.shape == [1, 3] && set.sample(1).target.item(as: Int.self) == 1)
        let known = try CSVDataset(
            table, inputs: [.categorical("color", ["red", "green", "blue"])], target: "x")
        #expect(known.inputs.array(of: Float.self) == [1, 0, 0, 0, 0, 1, 1, 0, 0])
        #expect(known.targets.dtype == .float32)
        #expect(throws: FileError.self) { try CSVDataset(table, inputs: ["color"], target: "x") }
        for batch in DataLoader(set, batchSize: 2).epoch(0) { #expect(batch.sampleCount <= 2) }
    }
}
