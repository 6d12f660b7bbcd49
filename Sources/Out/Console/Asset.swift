import CContent
import Codecs

/// A file that pages use, carried inside the program.
///
/// Its address has a checksum of the bytes in it, so a browser may keep it for ever and still never shows
/// a new page with an old style.
struct Asset: Sendable, Equatable {
    let address: LocalAddress
    let type: String
    let bytes: [UInt8]

    static let style = unsafe Asset("console", "css", "text/css; charset=utf-8", docket_content_console_css())
    static let icon = unsafe Asset("icon", "svg", "image/svg+xml", docket_content_console_icon())
    static let all = [style, icon]

    private init(_ name: String, _ ending: String, _ type: String, _ content: docket_content) {
        let bytes = unsafe Array(UnsafeBufferPointer(start: content.start, count: content.count))
        self.bytes = bytes
        let checksum = unsafe String(CRC32C.of(bytes.span.bytes), radix: 16)
        address = LocalAddress("/assets", segments: ["\(name).\(checksum).\(ending)"])
        self.type = type
    }
}
