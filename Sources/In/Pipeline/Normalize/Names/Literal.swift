/// Texts of the program as bytes.
enum Literal {
    /// The bytes of a literal, which live as long as the program.
    @_lifetime(immortal)
    static func bytes(_ text: StaticString) -> RawSpan {
        let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(text.utf8Start), byteCount: text.utf8CodeUnitCount)
        return unsafe _overrideLifetime(span, borrowing: ())
    }
}
