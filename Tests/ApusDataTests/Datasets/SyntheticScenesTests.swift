import Apus
import ApusData
import Testing
import _ApusTestSupport

@Suite struct SyntheticScenesTests {
    @Test func theSameSeedGivesTheSameBytesEverywhere() {
        let scenes = (0..<20).map { SyntheticScenes().scene($0, of: .train) }
        let pixels = scenes.flatMap(\.image.pixels)
        let masks = scenes.flatMap(\.mask)
        #expect(pixels.withUnsafeBytes { checksum($0) } == 3_077_468_700)
        #expect(masks.withUnsafeBytes { checksum($0) } == 2_962_968_161)
    }

    @Test func aSceneDependsOnItsNumberAlone() {
        let scenes = SyntheticScenes(seed: 4, side: 64)
        let set = scenes.dataset(.test, count: 30)
        #expect(set.count == 30 && set.sample(17) == scenes.scene(17, of: .test))
        #expect(scenes.scene(3, of: .test) != scenes.scene(3, of: .train))
        #expect(scenes.scene(3, of: .test) != SyntheticScenes(seed: 5, side: 64).scene(3, of: .test))
    }

    @Test(arguments: [48, 96, 128])
    func boxesAreAroundWhatIsSeen(_ side: Int) {
        var seen = Set<SceneShape>()
        for index in 0..<40 {
            let scene = SyntheticScenes(side: side).scene(index, of: .train)
            #expect(scene.image.width == side && scene.mask.count == side * side)
            #expect((1...6).contains(scene.objects.count))
            for object in scene.objects {
                seen.insert(object.shape)
                #expect(object.left >= 0 && object.right <= side && object.top >= 0 && object.bottom <= side)
                let (width, height) = (object.right - object.left, object.bottom - object.top)
                #expect(min(width, height) >= side / 16 && max(width, height) <= side * 6 / 10)
                let own = UInt8(object.shape.rawValue + 1)
                func isThere(_ x: Int, _ y: Int) -> Bool { scene.mask[y * side + x] == own }
                // Each edge touches a pixel of the class.
                #expect((object.top..<object.bottom).contains { isThere(object.left, $0) })
                #expect((object.top..<object.bottom).contains { isThere(object.right - 1, $0) })
                #expect((object.left..<object.right).contains { isThere($0, object.top) })
                #expect((object.left..<object.right).contains { isThere($0, object.bottom - 1) })
            }
            // Nothing is in the mask but the objects' classes.
            let classes = Set(scene.objects.map { UInt8($0.shape.rawValue + 1) })
            #expect(Set(scene.mask).subtracting([0]) == classes)
        }
        #expect(seen.count == SceneShape.allCases.count)
    }

    /// What is drawn differs from the ground around it.
    @Test func objectsCanBeSeen() {
        for index in 0..<20 {
            let scene = SyntheticScenes().scene(index, of: .test)
            for object in scene.objects {
                var (inside, outside) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
                for y in max(object.top - 4, 0)..<min(object.bottom + 4, 96) {
                    for x in max(object.left - 4, 0)..<min(object.right + 4, 96) {
                        let at = 3 * (y * 96 + x)
                        let color = (0..<3).map { Double(scene.image.pixels[at + $0]) }
                        let sum = SIMD4(color[0], color[1], color[2], 1)
                        let own = scene.mask[y * 96 + x] == UInt8(object.shape.rawValue + 1)
                        if own { inside += sum } else { outside += sum }
                    }
                }
                let difference = inside / inside.w - outside / outside.w
                #expect((difference * difference).sum().squareRoot() > 20, "scene \(index)")
            }
        }
    }

    @Test func batchesNumberTheirScenes() throws {
        let scenes = [5, 6].map { SyntheticScenes().scene($0, of: .train) }
        let batch = try Scene.collate(scenes)
        #expect(batch.images.shape == [2, 3, 96, 96] && batch.masks.shape == [2, 96, 96])
        #expect(batch.objects.shape == [scenes[0].objects.count + scenes[1].objects.count, 6])
        let last = scenes[1].objects.last!
        #expect(
            batch.objects[-1].array(of: Int.self)
                == [1, last.shape.rawValue, last.left, last.top, last.right, last.bottom])
        #expect(batch.masks[1].flatten().array(of: UInt8.self) == scenes[1].mask)
        let blue = Float(scenes[0].image.pixels[3 * (7 * 96 + 5) + 2]) / 255
        #expect(batch.images[0, 2, 7, 5].item(as: Float.self) == blue)
        #expect(throws: CollationError.self) {
            try Scene.collate([scenes[0], SyntheticScenes(side: 64).scene(0, of: .train)])
        }
    }
}
