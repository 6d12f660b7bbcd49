import CCurl
import Glibc
import Platform
import Synchronization

/// Names one transfer, so that it can be cancelled before, while and after it runs.
final class CurlTicket: Sendable {
    /// A task that is cancelled already cancels first and starts then.
    let isCancelled = Atomic<Bool>(false)
}

typealias CurlCompletion = @Sendable (Result<HTTPResponse, HTTPClientError>) -> Void

/// The thread that drives all transfers of one client through curl's multi interface.
///
/// - Threads: ``start(_:_:_:)``, ``cancel(_:)`` and ``stop()`` from any; the rest on its own.
@safe final class CurlEngine: @unchecked Sendable {
    // Proof for @unchecked: `inbox` is locked; `multi` is used by other threads only for curl_multi_wakeup,
    // which libcurl allows, and is freed when no thread can reach it any more; `transfers` belongs to the thread.

    private struct Inbox: Sendable {
        var new: [(request: HTTPClientRequest, ticket: CurlTicket, completion: CurlCompletion)] = []
        var cancelled: [CurlTicket] = []
        var isStopped = false
    }

    private static let isReady: Bool = {
        signal(SIGPIPE, SIG_IGN)
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
    }()

    private let proxy: HTTPProxy
    private let multi: UnsafeMutableRawPointer?
    private let inbox = Locked(Inbox())
    private var transfers: [ObjectIdentifier: CurlTransfer] = [:]

    init(proxy: HTTPProxy, connections: Int) {
        self.proxy = proxy
        unsafe multi = Self.isReady ? curl_multi_init() : nil
        unsafe docket_curl_connections(multi, connections)
        if let thread = Thread("http-client", { self.serve() }) { thread.detach() } else { stop() }
    }

    deinit { unsafe curl_multi_cleanup(multi) }

    func start(_ request: HTTPClientRequest, _ ticket: CurlTicket, _ completion: @escaping CurlCompletion) {
        let isOpen = inbox.withLock { inbox in
            guard !inbox.isStopped else { return false }
            inbox.new.append((request, ticket, completion))
            return true
        }
        guard isOpen else { return completion(.failure(.stopped)) }
        unsafe curl_multi_wakeup(multi)
    }

    func cancel(_ ticket: CurlTicket) {
        ticket.isCancelled.store(true, ordering: .relaxed)
        inbox.withLock { $0.cancelled.append(ticket) }
        unsafe curl_multi_wakeup(multi)
    }

    /// Ends all transfers and the thread.
    func stop() {
        let left = inbox.withLock { inbox in
            inbox.isStopped = true
            defer { inbox.new = [] }
            return inbox.new
        }
        for one in left { one.completion(.failure(.stopped)) }
        unsafe curl_multi_wakeup(multi)
    }

    private func serve() {
        while readInbox() {
            var running: Int32 = 0
            unsafe curl_multi_perform(multi, &running)
            readResults()
            unsafe curl_multi_poll(multi, nil, 0, 1_000, nil)
        }
        for transfer in transfers.values { finish(transfer, .failure(.stopped)) }
    }

    /// - Returns: false when it is time to stop.
    private func readInbox() -> Bool {
        let found = inbox.withLock { inbox in
            defer {
                inbox.new = []
                inbox.cancelled = []
            }
            return inbox
        }
        for one in found.new { begin(one.request, one.ticket, one.completion) }
        for ticket in found.cancelled {
            if let transfer = transfers[ObjectIdentifier(ticket)] { finish(transfer, .failure(.cancelled)) }
        }
        return !found.isStopped
    }

    private func begin(_ request: HTTPClientRequest, _ ticket: CurlTicket, _ completion: @escaping CurlCompletion) {
        guard !ticket.isCancelled.load(ordering: .relaxed) else { return completion(.failure(.cancelled)) }
        let transfer = CurlTransfer(request, ticket, completion)
        do throws(HTTPClientError) {
            try transfer.prepare(proxy: proxy)
        } catch {
            return completion(.failure(error))
        }
        transfers[ObjectIdentifier(ticket)] = transfer
        if unsafe curl_multi_add_handle(multi, transfer.easy) != CURLM_OK {
            finish(transfer, .failure(HTTPClientError(.other, "the transfer could not start")))
        }
    }

    private func readResults() {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE else { continue }
            var owner: UnsafeMutableRawPointer?
            unsafe docket_curl_owner(message.pointee.easy_handle, &owner)
            guard let owner = unsafe owner else { continue }
            let transfer = unsafe Unmanaged<CurlTransfer>.fromOpaque(owner).takeUnretainedValue()
            finish(transfer, transfer.result(unsafe docket_curl_message_result(message)))
        }
    }

    private func finish(_ transfer: CurlTransfer, _ result: Result<HTTPResponse, HTTPClientError>) {
        unsafe curl_multi_remove_handle(multi, transfer.easy)
        transfers[ObjectIdentifier(transfer.ticket)] = nil
        transfer.completion(result)
    }
}

extension HTTPClientError {
    static let cancelled = HTTPClientError(.cancelled, "the transfer was cancelled")
    static let stopped = HTTPClientError(.cancelled, "the client has been stopped")
}
