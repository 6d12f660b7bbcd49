extension [UInt8] {
    /// The bytes, to be read where they lie.
    package var rawBytes: RawSpan {
        @_lifetime(borrow self)
        get { unsafe span.bytes }
    }
}

extension InlineArray<32, UInt8> {
    var rawBytes: RawSpan {
        @_lifetime(borrow self)
        get { unsafe span.bytes }
    }
}

extension [Digest] {
    /// The bytes of all digests, one after another.
    var rawBytes: RawSpan {
        @_lifetime(borrow self)
        get { unsafe span.bytes }
    }
}
