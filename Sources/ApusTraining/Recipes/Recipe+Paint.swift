import Apus
import ApusData
import ApusFormats
import ApusModels
import ApusNN
import ApusOptim
import Foundation

extension Recipe {
    /// Learns one picture by heart: a network that says which color a point has.
    ///
    /// Each pixel is a sample: its coordinates are the input, its red, green and blue the target. After each epoch the
    /// network paints the whole picture, and `painted.png` in the run's folder shows it beside the one it learns.
    public static let paint = Recipe(
        "paint", "a network from coordinates to colors, learns a picture and paints it as it learns",
        on: .picture, epochs: 60, batchSize: 1024, learningRate: 2e-3, settings: ["scale": 8.0],
        takes: [.optimizer, .schedule, .loss, .metrics, .initializer], targets: .numbers,
        model: { settings in
            var configuration = CoordinateNet.Configuration.picture
            configuration.scale = settings["scale"]?.asNumber ?? configuration.scale
            return CoordinateNet(configuration)
        }
    ) { _, configuration in
        if let scale = configuration.settings["scale"]?.asNumber, !(scale > 0) || !scale.isFinite {
            throw TrainingError.badOption("paint: scale is \(scale); it must be a positive number")
        }
        let side = 128
        let file = try configuration.data.map { try Image.read($0, as: .rgb) }
        let picture = file?.resized(width: side, height: side) ?? landscape(side)
        let pixels = TensorDataset(inputs: coordinates(side), targets: colors(picture))
        return PreparedRun(digest: file?.digest) { setup in
            let model = try setup.makeModel() as! CoordinateNet
            let loss = try setup.loss(orElse: MSELoss())
            let objective = Objective { (model: CoordinateNet, batch: ExampleBatch<Tensor, Tensor>) in
                let colors = model(batch.inputs)
                return BatchResult(
                    loss: loss(colors, batch.targets), predictions: colors, targets: batch.targets)
            }
            let options = configuration.options
            let optimizer = try setup.optimizer(model.parameters()) { Adam($0, learningRate: $1) }
            let schedule = try setup.schedule(
                samples: pixels.count, orElse: .cosine(steps: options.stepCount(samples: pixels.count)))
            let learner = SupervisedLearner(
                model, objective, optimizer, schedule: schedule, options: options)
            return try setup.trainer(
                learner,
                train: BatchSource(DataLoader(pixels, batchSize: options.batchSize, seed: options.seed)),
                test: BatchSource(DataLoader(pixels, batchSize: 4096, sampler: .sequential)),
                metrics: try setup.metrics(orElse: [PeakSignalToNoiseRatio()]),
                callbacks: [Painting(of: picture, by: model)])
        }
    }

    /// The middles of the pixels of a square picture of side 1, row by row: [side², 2] of x and y.
    fileprivate static func coordinates(_ side: Int) -> Tensor {
        let middles = (0..<side).map { (Float($0) + 0.5) / Float(side) }
        return Tensor(middles.flatMap { y in middles.flatMap { x in [x, y] } }, shape: [side * side, 2])
    }

    /// What pixels are made of, 0 to 1: [pixels, 3].
    private static func colors(_ picture: Image) -> Tensor {
        Tensor(picture.pixels.map { Float($0) / 255 }, shape: [picture.width * picture.height, 3])
    }

    /// Hills under an evening sky, and the sun in a lake: soft grounds, hard edges and fine lines.
    private static func landscape(_ side: Int) -> Image {
        typealias Color = SIMD3<Double>
        func color(_ x: Double, _ y: Double) -> Color {
            func mix(_ a: Color, _ b: Color, _ share: Double) -> Color {
                a + (b - a) * min(max(share, 0), 1)
            }
            let (night, glow, sun) = (
                Color(0.13, 0.20, 0.45), Color(0.98, 0.62, 0.38), Color(1, 0.93, 0.66)
            )
            let horizon = 0.68
            // The lake is the sky upside down, darker and in ripples.
            let isLake = y > horizon
            let height = isLake ? horizon - (y - horizon) * 1.6 : y
            let shift = isLake ? 0.02 * sin(180 * y) * (y - horizon) / 0.3 : 0
            var result = mix(night, glow, height / horizon)
            let (dx, dy) = (x + shift - 0.64, height - 0.42)
            if dx * dx + dy * dy < 0.012 { result = sun }
            let far = 0.52 + 0.06 * sin(9 * x + 1) + 0.02 * sin(23 * x)
            if height > far { result = Color(0.30, 0.28, 0.46) }
            let near = 0.60 + 0.05 * sin(7 * x + 4) + 0.012 * sin(61 * x)
            if height > near { result = Color(0.10, 0.22, 0.20) }
            return isLake ? result * (0.78 + 0.10 * sin(140 * y + 3 * x)) : result
        }
        var pixels: [UInt8] = []
        for row in 0..<side {
            for column in 0..<side {
                // The mean of 3 × 3 points: edges without steps.
                var sum = Color.zero
                for part in 0..<9 {
                    let x = (Double(column) + (Double(part % 3) + 0.5) / 3) / Double(side)
                    let y = (Double(row) + (Double(part / 3) + 0.5) / 3) / Double(side)
                    sum += color(x, y)
                }
                for channel in 0..<3 { pixels.append(UInt8((sum[channel] / 9 * 255).rounded())) }
            }
        }
        return Image(width: side, height: side, format: .rgb, pixels: pixels)
    }
}

/// Writes `painted.png` after each evaluation: on the left the picture, on the right what the network makes of it.
private final class Painting: Callback {
    private let picture: Image
    private let model: CoordinateNet

    init(of picture: Image, by model: CoordinateNet) {
        self.picture = picture
        self.model = model
    }

    func evaluated(_ record: MetricsRecord, isBest: Bool, of run: any TrainingRun) throws {
        guard let folder = run.folder else { return }
        let (width, height) = (picture.width, picture.height)
        let painted = withInferenceMode { model(Recipe.coordinates(width)) * 255 }.array(of: Float.self)
        var pixels: [UInt8] = []
        for row in 0..<height {
            let part = row * width * 3..<(row + 1) * width * 3
            pixels += picture.pixels[part]
            pixels += painted[part].map { UInt8($0.rounded()) }
        }
        try PNG.write(
            Image(width: 2 * width, height: height, format: .rgb, pixels: pixels),
            to: "\(folder.path)/painted.png")
    }
}
