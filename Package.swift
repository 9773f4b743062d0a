// swift-tools-version: 6.2
import Foundation
import PackageDescription

// Kernels are compiled for the processor that builds them. APUS_TARGET_CPU names another
// one (any value of clang's -march, for example x86-64-v3) for binaries that travel.
let targetCPU = ProcessInfo.processInfo.environment["APUS_TARGET_CPU"] ?? "native"
let processor: SwiftSetting = .unsafeFlags(["-Xcc", "-march=\(targetCPU)"])

// Only the kernels drop overflow and bounds checks: their callers have checked the shapes.
// Everything that reads files or user input keeps them. Without errno a square root is an instruction
// and vectorises; full-width vectors run elementwise functions a third faster.
let kernelSettings: [SwiftSetting] = [
    processor,
    .unsafeFlags(["-Ounchecked", "-Xcc", "-fno-math-errno", "-Xcc", "-mprefer-vector-width=512"]),
    // Tests too want kernels whose files are optimised together.
    .unsafeFlags(
        ["-disable-batch-mode", "-whole-module-optimization", "-num-threads", "2"],
        .when(configuration: .debug)),
]
// Where functions are handed to loops, the inliner must reach into long closures too: a loop that calls its function
// does not vectorise. Elsewhere that would only make code longer.
let eagerInlining: SwiftSetting = .unsafeFlags(["-Xllvm", "-sil-inline-removed-call-benefit=400"])
let settings: [SwiftSetting] = [processor]
// In debug builds too: the tests take half as long, and programs that are tried out do not wait for unoptimised loops.
let optimized = settings + [.unsafeFlags(["-O"], .when(configuration: .debug))]

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: optimized)
}

/// A module of kernels: a folder of `Sources/ApusKernels`. Several modules compile side by side, and a change to one
/// kernel leaves the others as they are.
func kernels(
    _ name: String, in folder: String, _ dependencies: [Target.Dependency] = ["ApusKernelBase"],
    more: [SwiftSetting] = []
) -> Target {
    .target(
        name: name,
        dependencies: dependencies + ["ApusCore", "COneDNN", "COpenBLAS", "COpenMP", "CProcessor"],
        path: "Sources/ApusKernels/\(folder)", swiftSettings: kernelSettings + more)
}

/// All of them. Whoever imports `ApusKernels`, which passes them on, depends on each: it must be compiled anew when one of
/// them changes.
let kernelModules: [Target.Dependency] = [
    "ApusKernelCalls", "ApusKernelBase", "ApusElementwiseKernels", "ApusReductionKernels", "ApusRowKernels",
    "ApusIndexKernels", "ApusWindowKernels", "ApusNormKernels", "ApusMatrixKernels",
    "ApusConvolutionKernels", "ApusRecurrentKernels", "ApusSequenceKernels", "ApusSignalKernels",
    "ApusRandomKernels",
]

func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [],
    _ settings: [SwiftSetting] = settings
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["_ApusTestSupport"], exclude: exclude,
        swiftSettings: settings)
}

let package = Package(
    name: "apus",
    products: [
        .library(
            name: "Apus",
            targets: [
                "Apus", "ApusNN", "ApusOptim", "ApusData", "ApusFormats", "ApusText", "ApusModels",
                "ApusDistributed", "ApusTraining",
            ]),
        .executable(name: "apus", targets: ["ApusCommand"]),
        .executable(name: "apus-bench", targets: ["ApusBenchmarks"]),
        .executable(name: "apus-verify", targets: ["ApusVerification"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    ],
    targets: [
        .systemLibrary(name: "COneDNN"),
        .systemLibrary(name: "COpenBLAS"),
        .systemLibrary(name: "COpenMP"),
        .systemLibrary(name: "CPNG"),
        .systemLibrary(name: "CJPEG"),
        .systemLibrary(name: "CZip"),
        .systemLibrary(name: "CZlib"),
        .systemLibrary(name: "CProcessor"),
        .systemLibrary(name: "CStart"),
        library("ApusCore", ["CProcessor"]),
        kernels("ApusKernelCalls", in: "Calls", []),
        kernels("ApusKernelBase", in: "Base", ["ApusKernelCalls"]),
        kernels("ApusElementwiseKernels", in: "Elementwise", more: [eagerInlining]),
        kernels("ApusReductionKernels", in: "Reduction", more: [eagerInlining]),
        kernels("ApusRowKernels", in: "Rows", more: [eagerInlining]),
        kernels("ApusIndexKernels", in: "Indexing"),
        kernels("ApusWindowKernels", in: "Windows", more: [eagerInlining]),
        kernels("ApusNormKernels", in: "Normalization", more: [eagerInlining]),
        kernels("ApusMatrixKernels", in: "LinearAlgebra"),
        kernels(
            "ApusConvolutionKernels", in: "Convolution",
            ["ApusKernelBase", "ApusElementwiseKernels", "ApusMatrixKernels", "ApusReductionKernels"]),
        kernels("ApusRecurrentKernels", in: "Recurrent", more: [eagerInlining]),
        kernels(
            "ApusSequenceKernels", in: "Sequence", ["ApusKernelBase", "ApusRandomKernels"],
            more: [eagerInlining]),
        kernels("ApusSignalKernels", in: "Signal", more: [eagerInlining]),
        kernels("ApusRandomKernels", in: "Random"),
        kernels("ApusKernels", in: "Exports", kernelModules),
        library(
            "Apus",
            kernelModules + [
                "ApusCore", "ApusKernels", .product(name: "ComplexModule", package: "swift-numerics"),
                .product(name: "RealModule", package: "swift-numerics"),
            ]),
        library(
            "ApusFormats",
            [
                "Apus", "CPNG", "CJPEG", "CZip", "CZlib", .product(name: "SwiftCSV", package: "SwiftCSV"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),
        library("ApusText", ["ApusCore", "ApusFormats"]),
        library("ApusNN", ["Apus", "ApusFormats"]),
        library("ApusOptim", kernelModules + ["Apus", "ApusNN"]),
        library("ApusData", ["Apus", "ApusFormats", "CZlib"]),
        // Its networking takes a program as long to load as all else together: whoever fetches nothing does without.
        library("ApusDownloads", ["ApusData", "ApusFormats"]),
        library("ApusModels", ["Apus", "ApusNN", "ApusFormats"]),
        // MPI is opened while a program runs: nothing of it is linked.
        library(
            "ApusDistributed", ["Apus", "ApusCore", "ApusKernelBase", "ApusNN", "ApusOptim", "CProcessor"]),
        library(
            "ApusTraining",
            [
                "Apus", "ApusNN", "ApusOptim", "ApusData", "ApusFormats", "ApusText", "ApusModels",
                "ApusDistributed", .product(name: "Yams", package: "Yams"),
            ]),
        .executableTarget(
            name: "ApusCommand",
            dependencies: [
                "Apus", "ApusNN", "ApusOptim", "ApusData", "ApusFormats", "ApusText", "ApusModels",
                "ApusTraining", "ApusDownloads", "ApusDistributed", "CStart",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "ApusBenchmarks",
            dependencies: [
                "Apus", "ApusNN", "ApusOptim", "ApusData", "ApusFormats", "ApusModels", "ApusDistributed",
            ],
            swiftSettings: settings),
        // Its time goes to the libraries it checks: optimised, it would take as long to build as a fifth of Apus.
        .executableTarget(
            name: "ApusVerification", dependencies: ["Apus"],
            swiftSettings: settings + [.unsafeFlags(["-Onone"], .when(configuration: .release))]),
        library("_ApusTestSupport", ["Apus", "ApusNN", "ApusFormats", "CZlib"]),
        tests("ApusCoreTests", ["ApusCore"]),
        // They multiply matrices in plain loops to compare with.
        tests(
            "ApusKernelsTests", ["ApusKernels", "ApusElementwiseKernels", "ApusRandomKernels", "COpenMP"],
            optimized),
        tests("ApusTests", kernelModules + ["Apus", "ApusKernels"], exclude: ["Golden"]),
        tests("ApusNNTests", ["ApusNN", "ApusOptim", "ApusModels", "ApusFormats"]),
        tests("ApusOptimTests", ["ApusNN", "ApusOptim", "ApusFormats"]),
        tests("ApusModelsTests", ["ApusModels", "ApusNN", "ApusOptim"]),
        tests("ApusDataTests", ["ApusData", "ApusFormats"]),
        tests(
            "ApusDownloadsTests",
            ["ApusDownloads", "ApusData", "ApusFormats", .product(name: "FlyingFox", package: "FlyingFox")]),
        // What tests start under mpirun.
        .executableTarget(
            name: "_ApusRankCheck",
            dependencies: ["Apus", "ApusNN", "ApusOptim", "ApusModels", "ApusDistributed"],
            path: "Tests/RankCheck", swiftSettings: optimized),
        tests(
            "ApusDistributedTests",
            ["ApusNN", "ApusOptim", "ApusModels", "ApusDistributed", "_ApusRankCheck"]
        ),
        tests("ApusFormatsTests", ["ApusFormats"]),
        tests("ApusTextTests", ["ApusText", "ApusFormats"]),
        tests("ApusTrainingTests", kernelModules + ["ApusTraining", "ApusText", "ApusKernels"]),
        tests("ApusCommandTests", ["ApusCommand", "ApusData", "ApusFormats"]),
    ],
    swiftLanguageModes: [.v6]
)
