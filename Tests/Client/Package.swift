// swift-tools-version: 6.2
import PackageDescription

// A package of somebody else, which Scripts/check-client builds and runs. It says where it finds Apus.
let package = Package(
    name: "client",
    dependencies: [.package(url: Context.environment["APUS_URL"]!, exact: "999.0.0")],
    targets: [.executableTarget(name: "client", dependencies: [.product(name: "Apus", package: "apus")])],
    swiftLanguageModes: [.v6]
)
