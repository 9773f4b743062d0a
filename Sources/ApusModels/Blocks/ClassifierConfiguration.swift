/// What a model that tells classes apart is made from.
protocol ClassifierConfiguration {
    /// How many classes.
    var classes: Int { get set }
}

extension ClassifierConfiguration {
    /// The same for so many classes.
    func with(classes: Int) -> Self {
        var other = self
        other.classes = classes
        return other
    }
}
