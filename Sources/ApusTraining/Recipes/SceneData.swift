import ApusData
import ApusNN

/// The drawn scenes of a run.
struct SceneData {
    /// Pixels along each side.
    static let side = 96
    /// The settings of recipes for scenes, with their values where nothing else is asked for.
    static let settings: [String: Setting] = ["scenes": 4000, "test_scenes": 300, "width": 16]

    let train: AnyDataset<Scene, Never>
    let test: AnyDataset<Scene, Never>
    private let options: TrainingOptions

    init(_ configuration: RunConfiguration) throws {
        let scenes = SyntheticScenes(side: SceneData.side)
        let settings = configuration.settings
        train = scenes.dataset(.train, count: try settings.int("scenes", in: 1...10_000_000))
        test = scenes.dataset(.test, count: try settings.int("test_scenes", in: 1...1_000_000))
        options = configuration.options
    }

    var trainBatches: BatchSource<SceneBatch> {
        BatchSource(DataLoader(train, batchSize: options.batchSize, seed: options.seed))
    }

    var testBatches: BatchSource<SceneBatch> {
        BatchSource(DataLoader(test, batchSize: 50, sampler: .sequential))
    }

    /// The first eight scenes of the test.
    var shown: [Scene] { (0..<min(8, test.count)).map { test.sample($0) } }
}
