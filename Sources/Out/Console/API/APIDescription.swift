import CContent
import Network

/// `docs/api/openapi.json`, carried inside the program.
enum APIDescription {
    static let bytes: [UInt8] = {
        let content = unsafe docket_content_openapi()
        return unsafe Array(UnsafeBufferPointer(start: content.start, count: content.count))
    }()

    static var response: HTTPResponse {
        HTTPResponse(200, headers: ["content-type": "application/json"], body: bytes)
    }
}
