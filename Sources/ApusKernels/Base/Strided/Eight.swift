/// Eight registers by name: an array would live in memory.
@usableFromInline package struct Eight<V> {
    @usableFromInline package let a, b, c, d, e, f, g, h: V

    @inlinable @inline(__always)
    package init(_ a: V, _ b: V, _ c: V, _ d: V, _ e: V, _ f: V, _ g: V, _ h: V) {
        (self.a, self.b, self.c, self.d) = (a, b, c, d)
        (self.e, self.f, self.g, self.h) = (e, f, g, h)
    }
}
