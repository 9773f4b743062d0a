import Apus
import ApusDistributed
import ApusFormats
import ArgumentParser
import Foundation

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the processor, libraries, threads and memory, and what is missing.",
        discussion: """
            Examples:
              apus doctor
              apus doctor > report.txt
            """)

    func run() throws {
        try section(
            "processor",
            [
                ("model", field("model name", in: "/proc/cpuinfo") ?? "unknown"),
                ("cores", "\(ProcessInfo.processInfo.activeProcessorCount)"),
                ("built for", CPUBuild.instructions.joined(separator: " ")),
                ("instructions", instructions()),
            ])
        try section("libraries", CPUBuild.libraries + FormatLibraries.versions)
        let libraries = MPIFamily.installed
        try section(
            "several processes",
            libraries.isEmpty
                ? [("MPI", "none: install openmpi-bin")]
                : libraries.map { ("MPI", "\($0.version), \($0.file)") })
        try section(
            "threads",
            [("kernels", "\(Apus.threads)"), ("OMP_NUM_THREADS", environment("OMP_NUM_THREADS"))])
        try section(
            "memory",
            [
                ("total", field("MemTotal", in: "/proc/meminfo") ?? "unknown"),
                ("available", field("MemAvailable", in: "/proc/meminfo") ?? "unknown"),
                ("limit for tensors", Memory.limit.map { "\($0) bytes" } ?? "none"),
            ])
        try report(
            missing: Doctor.packages.filter {
                !FileManager.default.fileExists(atPath: $0.file) && !isInstalled($0.name)
            })
    }

    /// What building Apus needs from Debian, and a file that shows it is there.
    static let packages = [
        (name: "libdnnl-dev", file: "/usr/include/oneapi/dnnl/dnnl.h"),
        (name: "libopenblas-openmp-dev", file: "/usr/lib/x86_64-linux-gnu/openblas-openmp/cblas.h"),
        (name: "libpng-dev", file: "/usr/include/png.h"),
        (name: "libzip-dev", file: "/usr/include/zip.h"),
        (name: "zlib1g-dev", file: "/usr/include/zlib.h"),
    ]

    private func report(missing: [(name: String, file: String)]) throws {
        if missing.isEmpty {
            try writeLine("nothing is missing")
            return
        }
        let names = missing.map(\.name).joined(separator: " ")
        try writeLine("missing for building: \(names)\ninstall with: sudo apt-get install \(names)")
    }

    private func isInstalled(_ package: String) -> Bool {
        FileManager.default.fileExists(atPath: "/var/lib/dpkg/info/\(package).list")
            || FileManager.default.fileExists(atPath: "/var/lib/dpkg/info/\(package):amd64.list")
    }

    private func section(_ title: String, _ rows: [(String, String)]) throws {
        try writeLine(title)
        for (name, value) in rows {
            try writeLine("  \(name.padding(toLength: 20, withPad: " ", startingAt: 0)) \(value)")
        }
    }

    /// The first value of `name: value` in one of the kernel's text files.
    private func field(_ name: String, in file: String) -> String? {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            return line.split(separator: ":").dropFirst().first.map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        }
        return nil
    }

    private func instructions() -> String {
        let flags = Set((field("flags", in: "/proc/cpuinfo") ?? "").split(separator: " ").map(String.init))
        let known = ["avx2", "fma", "avx512f", "avx512bw", "avx512_bf16", "avx512_fp16", "amx_bf16"]
        let found = known.filter(flags.contains)
        return found.isEmpty ? "unknown" : found.joined(separator: " ")
    }

    private func environment(_ name: String) -> String {
        ProcessInfo.processInfo.environment[name] ?? "not set"
    }
}
