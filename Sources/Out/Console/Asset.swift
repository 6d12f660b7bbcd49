import CContent
import Codecs

/// A file that pages use, carried inside the program.
///
/// All of them have the checksum of all their bytes in the address, so a browser may keep them for ever and still never
/// shows a new page with an old style, and modules can import each other by their names.
struct Asset: Sendable, Equatable {
    let name: String
    let type: String
    let bytes: [UInt8]

    static let style = unsafe Asset("console.css", "text/css; charset=utf-8", docket_content_console_css())
    static let sessionsStyle = unsafe Asset(
        "sessions.css", "text/css; charset=utf-8", docket_content_console_sessions_css())
    static let icon = unsafe Asset("icon.svg", "image/svg+xml", docket_content_console_icon())
    static let searchStyle = unsafe Asset("search.css", "text/css; charset=utf-8", docket_content_console_search_css())
    static let searchScript = unsafe Asset(script: "search", docket_content_console_search_js())
    static let columnsScript = unsafe Asset(script: "columns", docket_content_console_columns_js())
    static let completeScript = unsafe Asset(script: "complete", docket_content_console_complete_js())
    static let paletteScript = unsafe Asset(script: "palette", docket_content_console_palette_js())
    static let frameScript = unsafe Asset(script: "frame", docket_content_console_frame_js())
    static let elementsScript = unsafe Asset(script: "elements", docket_content_console_elements_js())
    static let integrityStyle = unsafe Asset(
        "integrity.css", "text/css; charset=utf-8", docket_content_console_integrity_css())
    static let integrityScript = unsafe Asset(script: "integrity", docket_content_console_integrity_js())

    static let chartStyle = unsafe Asset("charts.css", "text/css; charset=utf-8", docket_content_console_charts_css())
    static let chartsScript = unsafe Asset(script: "charts", docket_content_console_charts_js())

    static let all = [
        style, sessionsStyle, icon, searchStyle, frameScript, elementsScript, searchScript, columnsScript,
        completeScript,
        paletteScript,
        integrityStyle, integrityScript, chartStyle, chartsScript,
    ]

    private static let checksum: String = {
        var bytes: [UInt8] = []
        for asset in all { bytes += asset.bytes }
        let span = bytes.span
        return unsafe String(CRC32C.of(span.bytes), radix: 16)
    }()

    var address: LocalAddress { LocalAddress("/assets", segments: [Self.checksum, name]) }

    private init(_ name: String, _ type: String, _ content: docket_content) {
        self.name = name
        self.type = type
        bytes = unsafe Array(UnsafeBufferPointer(start: content.start, count: content.count))
    }

    private init(script name: String, _ content: docket_content) {
        unsafe self.init("\(name).js", "text/javascript; charset=utf-8", content)
    }
}
