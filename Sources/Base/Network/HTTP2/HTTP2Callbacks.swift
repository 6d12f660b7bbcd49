import CNghttp2
import Platform

/// The functions that nghttp2 calls.
@safe final class HTTP2Callbacks: @unchecked Sendable {
    // Proof for @unchecked: never written after its making; nghttp2 copies it into each session.
    static let shared = HTTP2Callbacks()
    let table: OpaquePointer?

    private static let giveUp = NGHTTP2_ERR_CALLBACK_FAILURE.rawValue

    private init() {
        var table: OpaquePointer?
        unsafe nghttp2_session_callbacks_new(&table)
        unsafe self.table = table
        unsafe nghttp2_session_callbacks_set_on_begin_headers_callback(table) { _, frame, owner in
            guard let frame = unsafe frame?.pointee, let session = unsafe HTTP2Callbacks.session(owner) else {
                return 0
            }
            if unsafe frame.headers.cat == NGHTTP2_HCAT_REQUEST { unsafe session.headBegins(frame.hd.stream_id) }
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_header_callback(table) {
            _, frame, name, nameCount, value, count, _, owner in
            guard let frame = unsafe frame?.pointee, let session = unsafe HTTP2Callbacks.session(owner) else {
                return 0
            }
            let goesOn = unsafe session.field(
                frame.hd.stream_id, UnsafeRawBufferPointer(start: name, count: nameCount),
                UnsafeRawBufferPointer(start: value, count: count))
            return goesOn ? 0 : HTTP2Callbacks.giveUp
        }
        unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(table) { _, frame, owner in
            guard let frame = unsafe frame?.pointee, let session = unsafe HTTP2Callbacks.session(owner) else {
                return 0
            }
            return unsafe HTTP2Callbacks.received(frame, session) ? 0 : HTTP2Callbacks.giveUp
        }
        unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(table) { _, _, id, bytes, count, owner in
            unsafe HTTP2Callbacks.session(owner)?.data(id, UnsafeRawBufferPointer(start: bytes, count: count))
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_frame_send_callback(table) { _, frame, owner in
            guard let frame = unsafe frame?.pointee, let session = unsafe HTTP2Callbacks.session(owner) else {
                return 0
            }
            let type = unsafe UInt32(frame.hd.type)
            // A client can have its streams reset by small mistakes as well as reset them (CVE-2025-8671).
            if type == NGHTTP2_RST_STREAM.rawValue, unsafe frame.rst_stream.error_code != NGHTTP2_NO_ERROR.rawValue {
                _ = session.nuisanceCame()
            }
            let isAnswer = type == NGHTTP2_DATA.rawValue || type == NGHTTP2_HEADERS.rawValue
            if isAnswer, unsafe HTTP2Callbacks.endsStream(frame) { unsafe session.answerSent(frame.hd.stream_id) }
            return 0
        }
        unsafe nghttp2_session_callbacks_set_on_stream_close_callback(table) { _, id, _, owner in
            unsafe HTTP2Callbacks.session(owner)?.streamClosed(id)
            return 0
        }
    }

    static let read: nghttp2_data_source_read_callback = { _, id, buffer, count, flags, _, owner in
        let room = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: count)
        return unsafe HTTP2Callbacks.session(owner)?.read(id, into: room, flags)
            ?? Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
    }

    private static func session(_ owner: UnsafeMutableRawPointer?) -> HTTP2Session? {
        unsafe owner.map { unsafe Unmanaged<HTTP2Session>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func endsStream(_ frame: nghttp2_frame) -> Bool {
        unsafe frame.hd.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
    }

    /// - Returns: false to give up the whole connection.
    private static func received(_ frame: nghttp2_frame, _ session: HTTP2Session) -> Bool {
        let id = unsafe frame.hd.stream_id
        switch unsafe UInt32(frame.hd.type) {
        case NGHTTP2_HEADERS.rawValue:
            if unsafe frame.headers.cat == NGHTTP2_HCAT_REQUEST { session.headComplete(id) }
            if unsafe endsStream(frame) { session.requestComplete(id) }
            return true
        case NGHTTP2_DATA.rawValue:
            if unsafe endsStream(frame) {
                session.requestComplete(id)
                return true
            }
            // Padding is no data.
            return unsafe frame.hd.length > frame.data.padlen || session.nuisanceCame()
        // Costs next to nothing, and a client that downloads sends many.
        case NGHTTP2_WINDOW_UPDATE.rawValue: return true
        default: return session.nuisanceCame()
        }
    }
}
