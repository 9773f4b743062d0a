import Apus
import ApusFormats
import Testing
import _ApusTestSupport

@testable import ApusTraining

/// The recipes for drawn scenes, at the size of a second.
@Suite(.serialized) struct SceneRecipeTests {
    let folder = TemporaryFolder()

    private func configuration(_ name: String) throws -> RunConfiguration {
        var configuration = try Recipe.named(name).configuration
        try configuration.apply(
            ["epochs": 2, "batch_size": 4, "scenes": 10, "test_scenes": 3, "width": 4], from: name)
        return configuration
    }

    @Test(arguments: ["shapes-detect", "shapes-segment"])
    func stoppedAnywhereItGoesOnAlike(_ name: String) throws {
        let configuration = try configuration(name)
        let whole = try Recipe.begin(configuration, in: RunFolder("\(folder.path)/\(name)"))
        #expect(try whole.run() == .finished)
        try ResumedRun.expectAlike(
            whole, configuration, stoppedAfter: Int.random(in: 1..<whole.position.step),
            in: RunFolder("\(folder.path)/\(name)-stopped"))
        try lookAt(whole, name)
    }

    private func lookAt(_ run: any TrainingRun, _ name: String) throws {
        let path = run.folder!.path
        if name == "shapes-detect" {
            let sheet = try PNG.read("\(path)/detections.png")
            #expect(sheet.width == 4 * 292 && sheet.height == 292)
            #expect(run.records.allSatisfy { (0...1).contains($0["test_map50"] ?? -1) })
            #expect(run.records.allSatisfy { $0["test_map"]! <= $0["test_map50"]! })
        } else {
            let sheet = try PNG.read("\(path)/masks.png")
            #expect(sheet.width == 3 * 196 && sheet.height == 3 * 196 + 18)
            #expect(run.records.allSatisfy { (0...1).contains($0["test_miou"] ?? -1) })
        }
    }

    @Test func settingsThatCannotBeAreRefused() throws {
        for (name, setting, value, word) in [
            ("shapes-detect", "width", Setting.number(3), "an even number"),
            ("shapes-segment", "width", 0, "whole"),
            ("shapes-detect", "scenes", 0, "scenes"), ("shapes-segment", "test_scenes", 0, "test_scenes"),
        ] {
            var configuration = try configuration(name)
            configuration.settings[setting] = value
            let error = #expect(throws: TrainingError.self) {
                try Recipe.begin(configuration, in: RunFolder("\(folder.path)/refused-\(name)-\(setting)"))
                    .run()
            }
            #expect(error?.description.contains(word) == true)
        }
        var configuration = try configuration("shapes-detect")
        configuration.data = folder.path
        let error = #expect(throws: TrainingError.self) {
            try Recipe.begin(configuration, in: RunFolder("\(folder.path)/files"))
        }
        #expect(error?.description.contains("takes no files") == true)
    }

    @Test func sheetsKeepWithinThemselves() {
        var sheet = PictureSheet(width: 20, height: 16)
        sheet.fill(x: -5..<3, y: 10..<40, [1, 2, 3])
        sheet.outline(x: 10..<30, y: -4..<8, [9, 9, 9])
        #expect(sheet.write("a?", x: 15, y: 12, [255, 255, 255], on: [0, 0, 0]) == 33)
        let image = sheet.image
        func color(_ x: Int, _ y: Int) -> [UInt8] {
            Array(image.pixels[3 * (20 * y + x)..<3 * (20 * y + x) + 3])
        }
        #expect(color(2, 15) == [1, 2, 3] && color(3, 15) == [32, 32, 32])
        #expect(color(10, 3) == [9, 9, 9] && color(12, 3) == [32, 32, 32] && color(15, 7) == [9, 9, 9])
        // The top of the A, in the middle of its three columns.
        #expect(color(19, 14) == [255, 255, 255] && color(17, 14) == [0, 0, 0])
    }
}
