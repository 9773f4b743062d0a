import Glibc

/// Hands numbered things, which several threads make, to another thread in their order, at most `depth` of them ahead.
///
/// A single maker is woken only when half of what it may make ahead has been taken: a wake costs more than a
/// batch's hand-over, and so there is one for several.
final class BatchQueue<Element: Sendable>: @unchecked Sendable {
    private let depth: Int
    /// Where so few are ahead, makers that wait go on.
    private let low: Int
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let filled: UnsafeMutablePointer<pthread_cond_t>
    private let drained: UnsafeMutablePointer<pthread_cond_t>
    // All of these are read and written with the mutex held.
    private var ring: [Element?]
    /// The number that is taken next, the one that is made next, and the one after the last.
    private var taken: Int
    private var claimed: Int
    private var end: Int
    private var waiting = 0

    /// - Parameter numbers: of the things there will be.
    init(depth: Int, makers: Int, numbers: Range<Int>) {
        self.depth = depth
        low = makers == 1 ? depth / 2 : depth - 1
        ring = Array(repeating: nil, count: depth)
        (taken, claimed, end) = (numbers.lowerBound, numbers.lowerBound, numbers.upperBound)
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

    /// The number of what the caller is to make, once there is room for it; nil where there is nothing more to make.
    func claim() -> Int? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if claimed < end && claimed - taken == depth {
            waiting += 1
            while claimed < end && claimed - taken > low { pthread_cond_wait(drained, mutex) }
            waiting -= 1
        }
        if claimed >= end { return nil }
        claimed += 1
        return claimed - 1
    }

    /// Hands over what was claimed by this number.
    func deliver(_ element: Element, _ number: Int) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        ring[number % depth] = element
        if number == taken { pthread_cond_signal(filled) }
    }

    /// Says that `number` is the last, and nothing after it will be taken.
    func end(with number: Int) {
        pthread_mutex_lock(mutex)
        end = min(end, number + 1)
        pthread_cond_broadcast(drained)
        pthread_mutex_unlock(mutex)
    }

    /// Takes the next element, waiting for it; nil after the last.
    func pop() -> Element? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if taken >= end { return nil }
        while ring[taken % depth] == nil { pthread_cond_wait(filled, mutex) }
        let element = ring[taken % depth].take()
        taken += 1
        if waiting > 0 && claimed - taken <= low { pthread_cond_broadcast(drained) }
        return element
    }

    /// Says that nothing more will be taken.
    func close() { end(with: -1) }
}
