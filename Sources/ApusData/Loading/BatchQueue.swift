import Glibc

/// Hands things made by one thread to another, at most `depth` of them ahead.
///
/// The maker is woken only when half of what it may make ahead has been taken: a wake costs more than a
/// batch's hand-over, and so there is one for several.
final class BatchQueue<Element: Sendable>: @unchecked Sendable {
    private let depth: Int
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let filled: UnsafeMutablePointer<pthread_cond_t>
    private let drained: UnsafeMutablePointer<pthread_cond_t>
    // All of these are read and written with the mutex held.
    private var ring: [Element?]
    private var first = 0
    private var count = 0
    private var isFinished = false
    private var isClosed = false

    init(depth: Int) {
        self.depth = depth
        ring = Array(repeating: nil, count: depth)
        mutex = .allocate(capacity: 1)
        filled = .allocate(capacity: 1)
        drained = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        filled.initialize(to: pthread_cond_t())
        drained.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(filled, nil)
        pthread_cond_init(drained, nil)
    }

    deinit {
        pthread_cond_destroy(drained)
        pthread_cond_destroy(filled)
        pthread_mutex_destroy(mutex)
        drained.deallocate()
        filled.deallocate()
        mutex.deallocate()
    }

    /// Adds an element, waiting for room; false once the taker has closed the queue.
    func push(_ element: Element) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if count == depth {
            while count > depth / 2 && !isClosed { pthread_cond_wait(drained, mutex) }
        }
        if isClosed { return false }
        ring[(first + count) % depth] = element
        count += 1
        if count == 1 { pthread_cond_signal(filled) }
        return true
    }

    /// Says that nothing more will come.
    func finish() {
        pthread_mutex_lock(mutex)
        isFinished = true
        pthread_cond_signal(filled)
        pthread_mutex_unlock(mutex)
    }

    /// Takes the oldest element, waiting for it; nil when there will be none.
    func pop() -> Element? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while count == 0 && !isFinished { pthread_cond_wait(filled, mutex) }
        if count == 0 { return nil }
        let element = ring[first].take()
        first = (first + 1) % depth
        count -= 1
        if count == depth / 2 { pthread_cond_signal(drained) }
        return element
    }

    /// Says that nothing more will be taken.
    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_signal(drained)
        pthread_mutex_unlock(mutex)
    }
}
