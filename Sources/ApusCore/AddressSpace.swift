import Glibc

/// How much memory the system still gives this process.
package enum AddressSpace {
    /// Whether the system refuses memory before the machine has none left: `ulimit -v`, `ulimit -d`, or no overcommitment.
    ///
    /// Where it does not, asking first would tell nothing.
    package static let isLimited = [RLIMIT_AS, RLIMIT_DATA].contains { limit($0) != nil } || overcommitsNever

    /// What stays free for what cannot say that it got none: the libraries' and Swift's own memory, and the stacks
    /// of threads to come.
    package static let reserve = 48 << 20 + 2 * min(limit(RLIMIT_STACK) ?? 8 << 20, 1 << 40)

    /// Whether the system would give this many bytes now.
    package static func hasRoom(_ byteCount: Int) -> Bool {
        guard let start = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            start != MAP_FAILED
        else { return false }
        munmap(start, byteCount)
        return true
    }

    /// Bytes that the system lets the process have of something; nil where that is any number.
    private static func limit(_ resource: __rlimit_resource) -> Int? {
        var found = rlimit()
        let isKnown = getrlimit(__rlimit_resource_t(resource.rawValue), &found) == 0
        return isKnown && found.rlim_cur != rlim_t.max ? Int(clamping: found.rlim_cur) : nil
    }

    private static var overcommitsNever: Bool {
        let descriptor = open("/proc/sys/vm/overcommit_memory", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var mode: UInt8 = 0
        return read(descriptor, &mode, 1) == 1 && mode == UInt8(ascii: "2")
    }
}
