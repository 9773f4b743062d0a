/// A token that is found in text as it is written, before the text is cut into words.
struct AddedToken: Sendable, Equatable {
    let id: Int
    let content: String
    /// It stands for no text.
    var isSpecial = true
    /// It is looked for in normalized text, as its own normalized form.
    var isNormalized = false
    /// It counts only where no letter, digit or underscore touches it.
    var isSingleWord = false
    /// White space before it belongs to it.
    var stripsLeft = false
    /// White space after it belongs to it.
    var stripsRight = false
}
