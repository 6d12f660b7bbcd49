import CContent

/// A data file that the program carries; it is named after its path under `Content/`.
extension docket_content {
    var bytes: [UInt8] { unsafe Array(UnsafeBufferPointer(start: start, count: count)) }
    var text: String { unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) }
}
