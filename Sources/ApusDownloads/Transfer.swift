import ApusFormats
import Foundation
import FoundationNetworking
import Synchronization

/// One request for the rest of a file.
final class Transfer: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    private let address: URL
    private let part: PartialFile
    private let limit: Int
    private let timeout: Double
    private let report: @Sendable (_ bytes: Int, _ total: Int?) -> Void
    // Written by the session's queue alone, and read when it has ended.
    private var isOver = false
    private var failure: (any Error)?
    private var total: Int?
    private let end = DispatchSemaphore(value: 0)

    init(
        _ address: URL, _ part: PartialFile, limit: Int, timeout: Double,
        report: @escaping @Sendable (_ bytes: Int, _ total: Int?) -> Void
    ) {
        self.address = address
        self.part = part
        self.limit = limit
        self.timeout = timeout
        self.report = report
    }

    /// Waits for all of it.
    ///
    /// - Throws: `TransferError`; `FileError` where it cannot be written.
    func run() throws {
        var request = URLRequest(url: address)
        request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        if part.size > 0 { request.setValue("bytes=\(part.size)-", forHTTPHeaderField: "Range") }
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = timeout
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        let session = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
        session.dataTask(with: request).resume()
        end.wait()
        session.finishTasksAndInvalidate()
        if let failure { throw failure }
        if let total, part.size != total {
            throw TransferError("it ended after \(part.size) of \(total) bytes", isFinal: false)
        }
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        do {
            if try begin(response) {
                completionHandler(.allow)
                return
            }
            finish(nil)
        } catch {
            finish(error)
        }
        completionHandler(.cancel)
    }

    /// What comes after the first of these does not count.
    private func finish(_ error: (any Error)?) {
        if isOver { return }
        isOver = true
        failure = error
        end.signal()
    }

    /// Whether there is something to get.
    private func begin(_ response: URLResponse) throws -> Bool {
        guard let response = response as? HTTPURLResponse else {
            throw TransferError("it is no answer of HTTP", isFinal: true)
        }
        let length = Int(exactly: response.expectedContentLength).flatMap { $0 >= 0 ? $0 : nil }
        switch response.statusCode {
        case 200:
            // Some servers give the whole file, whatever part is asked for.
            try part.truncate()
        case 206:
            let range = response.value(forHTTPHeaderField: "Content-Range") ?? ""
            guard range.hasPrefix("bytes \(part.size)-") else {
                try part.truncate()
                throw TransferError("the server gave another part than the one asked for", isFinal: true)
            }
        case 416 where part.size > 0:
            // There is no more: what is here is whole, which its checksum tells.
            return false
        case let status:
            throw TransferError("the server answered \(status)", isFinal: status < 500)
        }
        total = length.map { part.size + $0 }
        if let total, total > limit { throw tooLarge }
        return true
    }

    private var tooLarge: TransferError {
        TransferError("expected at most \(limit) bytes, found more", isFinal: true)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        if isOver { return }
        do { try take(data) } catch {
            finish(error)
            dataTask.cancel()
        }
    }

    private func take(_ data: Data) throws {
        if part.size + data.count > limit { throw tooLarge }
        try data.withUnsafeBytes { try part.append($0) }
        report(part.size, total)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        finish(error.map { TransferError(reason($0), isFinal: false) })
    }

    private func reason(_ error: any Error) -> String {
        let text = error.localizedDescription
        return text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
