import ApusFormats
import Foundation
import Glibc

/// Fetches data sets: every file is checked, appears whole or not at all, and goes on where a transfer was interrupted.
package struct Fetch {
    /// What happens, for who wants to show it.
    package enum Event: Sendable, Equatable {
        /// A file, or what an archive held, is there and sound.
        case alreadyThere(String)
        /// So many bytes of a file are here; of how many, if the server says so.
        case progress(String, bytes: Int, of: Int?)
        /// A mirror could not give a file.
        case failed(url: String, reason: String)
        case fetched(String, bytes: Int)
        case unpacked(String)
    }

    /// The most bytes of a file.
    package var limit = 1 << 30
    /// How often a transfer that is interrupted is taken up again, as long as it gets on.
    package var retries = 3
    /// How long a server may be silent, in seconds.
    package var timeout = 30.0
    package var report: @Sendable (Event) -> Void = { _ in }

    package init() {}

    /// Fetches what is not there yet.
    ///
    /// - Parameters:
    ///   - dataset: what to fetch.
    ///   - folder: where to; made if it is not there.
    ///   - mirrors: where the files are, in the order in which to try.
    /// - Throws: `FetchError` where no mirror has a sound file; `FileError` where the folder cannot be written, or has
    ///   another file of the same name.
    package func run(_ dataset: PublishedDataset, into folder: String, mirrors: [String]) throws {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw FileError(path: folder, action: "make the folder", code: code(of: error))
        }
        if !dataset.contents.isEmpty && isUnpacked(dataset, in: folder) {
            report(.alreadyThere(dataset.name))
            return
        }
        for file in dataset.files {
            try fetch(file, to: "\(folder)/\(file.name)", mirrors)
        }
        if dataset.contents.isEmpty { return }
        for file in dataset.files {
            let archive = "\(folder)/\(file.name)"
            try Tar.unpack(archive, dataset.contents.mapValues { "\(folder)/\($0)" })
            unlink(archive)
            report(.unpacked(file.name))
        }
    }

    /// Whether all files of the archive are there: they were written whole, from a sound archive.
    private func isUnpacked(_ dataset: PublishedDataset, in folder: String) -> Bool {
        dataset.contents.values.allSatisfy { (try? CIFAR.read("\(folder)/\($0)", .ten)) != nil }
    }

    private func fetch(
        _ file: PublishedDataset.File, to destination: String, _ mirrors: [String]
    ) throws {
        if access(destination, F_OK) == 0 {
            let found = try MD5.ofFile(destination)
            guard found == file.md5 else {
                throw FileError(
                    path: destination, .unexpected,
                    "expected the MD5 sum \(file.md5), found \(found); a file that is removed is fetched again"
                )
            }
            report(.alreadyThere(file.name))
            return
        }
        let part = try PartialFile(destination)
        // Sessions hold on to it for a while.
        defer { part.end() }
        var failures: [(url: String, reason: String)] = []
        for mirror in mirrors {
            let url = mirror + (mirror.hasSuffix("/") ? "" : "/") + file.name
            do {
                try transfer(url, to: part, file)
                try part.finish()
                report(.fetched(file.name, bytes: part.size))
                return
            } catch let error as TransferError {
                failures.append((url, error.reason))
                report(.failed(url: url, reason: error.reason))
            }
        }
        throw FetchError(file: file.name, failures: failures)
    }

    /// Gets a whole file with the right checksum from one place.
    private func transfer(_ url: String, to part: PartialFile, _ file: PublishedDataset.File) throws {
        guard let address = URL(string: url), ["http", "https"].contains(address.scheme ?? "") else {
            throw TransferError("it is no address of HTTP", isFinal: true)
        }
        var left = retries
        while true {
            let begun = part.size
            do {
                let transfer = Transfer(
                    address, part, limit: limit, timeout: timeout,
                    report: { report(.progress(file.name, bytes: $0, of: $1)) })
                try transfer.run()
            } catch let error as TransferError {
                if error.isFinal || left == 0 || part.size <= begun { throw error }
                left -= 1
                continue
            }
            guard let objection = try part.objection(file) else { return }
            try part.truncate()
            // What was here before may have been of another file: once more from the beginning.
            if begun > 0 && left > 0 {
                left = 0
                continue
            }
            throw TransferError(objection, isFinal: true)
        }
    }

    private func code(of error: any Error) -> Int32 {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        return Int32(truncatingIfNeeded: underlying?.code ?? Int(errno))
    }
}

/// Why one place did not give a file.
struct TransferError: Error {
    let reason: String
    /// Whether trying again is of no use.
    let isFinal: Bool

    init(_ reason: String, isFinal: Bool) {
        self.reason = reason
        self.isFinal = isFinal
    }
}
