import FlyingFox
import FlyingSocks
import Foundation
import Synchronization

/// A server of files in memory, on this machine, that fails as it is told.
final class FileServer: Sendable {
    enum Behavior: Sendable {
        case normal
        /// Answers with this status.
        case status(Int)
        /// Gives the whole file, whatever part is asked for.
        case ignoresRanges
        /// Gives so many bytes of each answer, and hangs up.
        case hangsUp(after: Int)
        /// Says that the answer begins elsewhere.
        case wrongRange
    }

    private let server: HTTPServer
    private let running: Task<Void, any Error>
    private final class Log: Sendable { let lines = Mutex<[String]>([]) }
    private let log = Log()
    let address: String

    /// Seconds that either side waits for the other: the server runs on the threads of all tests, and the longest of them
    /// keep these busy for minutes.
    static let patience = 3600.0

    init(_ files: [String: [UInt8]], _ behavior: Behavior = .normal) async throws {
        let server = try HTTPServer(address: .inet(ip4: "127.0.0.1", port: 0), timeout: Self.patience)
        self.server = server
        running = Task { try await server.run() }
        try await server.waitUntilListening(timeout: Self.patience)
        guard case .ip4(_, let port)? = await server.listeningAddress else { throw URLError(.badURL) }
        address = "http://127.0.0.1:\(port)"
        await server.appendRoute("GET /*") { [log] request in
            let range = request.headers[HTTPHeader("Range")]
            log.lines.withLock { $0.append("\(request.path) \(range ?? "-")") }
            guard let file = files[String(request.path.dropFirst())] else {
                return HTTPResponse(statusCode: .notFound)
            }
            return Self.answer(file, range, behavior)
        }
    }

    deinit { running.cancel() }

    /// What was asked for, and which part.
    var requests: [String] { log.lines.withLock { $0 } }

    private static func answer(_ file: [UInt8], _ range: String?, _ behavior: Behavior) -> HTTPResponse {
        var start = range.flatMap { Int($0.dropFirst(6).dropLast()) } ?? 0
        if case .ignoresRanges = behavior { start = 0 }
        if case .status(let code) = behavior {
            return HTTPResponse(statusCode: HTTPStatusCode(code, phrase: "Told to"))
        }
        if start > 0 && start >= file.count {
            return HTTPResponse(statusCode: HTTPStatusCode(416, phrase: "Range Not Satisfiable"))
        }
        var shown = start
        if case .wrongRange = behavior, start > 0 { shown = start - 1 }
        let headers: HTTPHeaders =
            start > 0
            ? [HTTPHeader("Content-Range"): "bytes \(shown)-\(file.count - 1)/\(file.count)"] : [:]
        let part = Array(file[start...])
        var body = HTTPBodySequence(data: Data(part))
        if case .hangsUp(let count) = behavior, count < part.count {
            body = HTTPBodySequence(from: Interrupted(bytes: Array(part.prefix(count))), count: part.count)
        }
        return HTTPResponse(
            statusCode: start > 0 ? HTTPStatusCode(206, phrase: "Partial Content") : .ok, headers: headers,
            body: body)
    }
}

/// Bytes after which the connection breaks.
private struct Interrupted: AsyncBufferedSequence {
    typealias Element = UInt8
    let bytes: [UInt8]

    struct AsyncIterator: AsyncBufferedIteratorProtocol {
        var rest: ArraySlice<UInt8>

        mutating func next() async throws -> UInt8? { try await nextBuffer(suggested: 1)?.first }
        mutating func nextBuffer(suggested count: Int) async throws -> ArraySlice<UInt8>? {
            if rest.isEmpty { throw SocketError.disconnected }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: bytes[...]) }
}
