import ApusData
import ApusFormats

/// A data set that can be fetched: its files, their checksums, and where they are.
package struct PublishedDataset: Sendable {
    package struct File: Sendable {
        /// Under each mirror, and in the folder.
        package let name: String
        /// The published checksum, as hexadecimal digits.
        package let md5: String
        /// That of what a gzip file holds: mirrors compress the same contents anew.
        package let contentMD5: String?

        package init(_ name: String, md5: String, contentMD5: String? = nil) {
            self.name = name
            self.md5 = md5
            self.contentMD5 = contentMD5
        }

        /// Why the file at `path` is not this one; nil where it is.
        func objection(to path: String) throws(FileError) -> String? {
            let found = try MD5.ofFile(path)
            if found == md5 { return nil }
            if let contentMD5 {
                var sum = MD5()
                // What is no gzip file is none of these.
                let isRead = (try? readGzip(path) { sum.update($0) }) != nil
                if isRead && sum.digest() == contentMD5 { return nil }
            }
            return "expected the MD5 sum \(md5), found \(found)"
        }
    }

    /// What `apus data fetch` takes.
    package let name: String
    package let files: [File]
    /// Where the files are, in the order in which these are tried.
    package let mirrors: [String]
    /// What an archive holds, by the names there and in the folder; it is unpacked and removed.
    package var contents: [String: String] = [:]

    package init(name: String, files: [File], mirrors: [String], contents: [String: String] = [:]) {
        self.name = name
        self.files = files
        self.mirrors = mirrors
        self.contents = contents
    }

    package static let mnist = PublishedDataset(
        name: "mnist",
        files: [
            File(
                "train-images-idx3-ubyte.gz", md5: "f68b3c2dcbeaaa9fbdd348bbdeb94873",
                contentMD5: "6bbc9ace898e44ae57da46a324031adb"),
            File(
                "train-labels-idx1-ubyte.gz", md5: "d53e105ee54ea40749a09fcbcd1e9432",
                contentMD5: "a25bea736e30d166cdddb491f175f624"),
            File(
                "t10k-images-idx3-ubyte.gz", md5: "9fb629c4189551a2d022fa330f9573f3",
                contentMD5: "2646ac647ad5339dbf082846283269ea"),
            File(
                "t10k-labels-idx1-ubyte.gz", md5: "ec29112dd5afa0611ce80d1b7f02629c",
                contentMD5: "27ae3e4e09519cfbb04c329615203637"),
        ],
        mirrors: [
            "https://ossci-datasets.s3.amazonaws.com/mnist",
            "https://storage.googleapis.com/cvdf-datasets/mnist", "http://yann.lecun.com/exdb/mnist",
        ])

    package static let fashionMNIST = PublishedDataset(
        name: "fashion-mnist",
        files: [
            File("train-images-idx3-ubyte.gz", md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
            File("train-labels-idx1-ubyte.gz", md5: "25c81989df183df01b3e8a0aad5dffbe"),
            File("t10k-images-idx3-ubyte.gz", md5: "bef4ecab320f06d8554ea6380940ec79"),
            File("t10k-labels-idx1-ubyte.gz", md5: "bb300cfdad3c16e7a12a480ee83cd310"),
        ],
        mirrors: [
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
            "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion",
        ])

    package static let cifar10 = PublishedDataset(
        name: "cifar10",
        files: [File("cifar-10-binary.tar.gz", md5: "c32a1d4ab5d03f1284b67883e8d87530")],
        mirrors: ["https://www.cs.toronto.edu/~kriz"],
        contents: Dictionary(
            uniqueKeysWithValues: ((1...5).map { "data_batch_\($0).bin" } + ["test_batch.bin"]).map {
                ("cifar-10-batches-bin/\($0)", $0)
            }))

    /// The data sets that have names; a new one is a line here.
    package static let all = [mnist, fashionMNIST, cifar10]
}
