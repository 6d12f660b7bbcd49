public import Integrity
public import Network
public import Platform

/// Somebody else who has seen a log: it cosigns a checkpoint only when that continues the last one it cosigned.
///
/// A log whose owner shows one history to some and another to others cannot have both cosigned.
///
/// - Source: C2SP tlog-witness.
/// - Threads: any; one request after another.
public final class Witness: Sendable {
    private let signer: NoteSigner
    private let book: Locked<WitnessBook>
    private let policy: Locked<TrustPolicy>
    private let clock: any Clock
    private let log: Log
    private let isFailing = Locked(false)

    /// - Parameter policy: whose checkpoints are cosigned: its logs. What it says of witnesses is passed over.
    public init(
        signer: NoteSigner, book: sending WitnessBook, policy: TrustPolicy, clock: any Clock, log: Log
    ) {
        self.signer = signer
        self.book = Locked(book)
        self.policy = Locked(policy)
        self.clock = clock
        self.log = log
    }

    /// The key that its cosignatures are verified with.
    public var key: VerifierKey { signer.key }

    /// From now on other logs, or other keys of the same ones, are believed.
    public func replacePolicy(_ next: TrustPolicy) { policy.withLock { $0 = next } }

    /// Answers `POST add-checkpoint`. It waits for the disk.
    public func answer(_ body: [UInt8]) -> HTTPResponse {
        guard let request = unsafe WitnessRequest(bytes: body.span.bytes),
            let checkpoint = Checkpoint(text: request.note.text)
        else { return HTTPResponse(400, text: "This is no checkpoint with a proof before it.\n") }
        let logs = policy.withLock { $0.logs }.filter { $0.name.text.utf8.elementsEqual(checkpoint.origin.utf8) }
        guard !logs.isEmpty else { return HTTPResponse(404, text: "This log is not known here.\n") }
        guard (try? request.note.verify(with: logs)) != nil else {
            return HTTPResponse(403, text: "The log has not signed this with a key that is known here.\n")
        }
        guard request.old <= checkpoint.size else {
            return HTTPResponse(400, text: "The old size is larger than the new one.\n")
        }
        return book.withLock { decide(request, checkpoint, &$0) }
    }

    private func decide(
        _ request: WitnessRequest, _ checkpoint: Checkpoint, _ book: inout WitnessBook
    ) -> HTTPResponse {
        let known = book[checkpoint.origin]
        let (size, root) = (known?.checkpoint.size ?? 0, known?.checkpoint.root ?? .emptyTree)
        guard request.old == size else { return Self.conflict(size) }
        if checkpoint.size == size, size > 0, checkpoint.root != root {
            tell(checkpoint, "another root for the size that was cosigned")
            return Self.conflict(size)
        }
        guard
            ConsistencyProof(old: size, new: checkpoint.size, path: request.path)
                .proves(checkpoint.root, continues: root)
        else {
            tell(checkpoint, "it does not continue what was cosigned, or the proof is wrong")
            return HTTPResponse(422, text: "The proof does not lead from what was cosigned to this checkpoint.\n")
        }
        return cosign(request.note, checkpoint, after: known?.seconds ?? 0, &book)
    }

    private func cosign(
        _ note: SignedNote, _ checkpoint: Checkpoint, after last: UInt64, _ book: inout WitnessBook
    ) -> HTTPResponse {
        // An earlier time would contradict what was said, and a later one than now would be no truth.
        let seconds = UInt64(max(clock.now().nanoseconds, 0)) / 1_000_000_000
        guard seconds >= last else {
            return unable(
                "the clock is \(last - seconds) s behind the last cosignature; nothing is cosigned until then")
        }
        do throws(DiskError) {
            try book.enter(checkpoint, atSeconds: seconds)
        } catch {
            return unable("\(error)")
        }
        isFailing.withLock { $0 = false }
        return HTTPResponse(200, text: signer.cosignature(over: note, atSeconds: seconds).line + "\n")
    }

    /// The size that the client's proof must start from.
    private static func conflict(_ size: UInt64) -> HTTPResponse {
        HTTPResponse(409, headers: ["content-type": "text/x.tlog.size"], body: Array("\(size)\n".utf8))
    }

    /// It was signed by the log's key, so it may prove that the log tells two stories.
    private func tell(_ checkpoint: Checkpoint, _ why: String) {
        log.error(
            "a checkpoint is not cosigned", ("origin", .text(checkpoint.origin)),
            ("size", .number(Int(checkpoint.size))), ("root", .text(checkpoint.root.base64)), ("why", .text(why)))
    }

    private func unable(_ why: String) -> HTTPResponse {
        let isNew = isFailing.withLock { failing in
            defer { failing = true }
            return !failing
        }
        if isNew { log.error("nothing can be cosigned", ("error", .text(why))) }
        return HTTPResponse(
            503, headers: ["content-type": "text/plain; charset=utf-8", "retry-after": "10"],
            body: Array("Nothing can be cosigned now; the witness's log says why.\n".utf8))
    }
}

extension Witness {
    /// Where it is asked.
    ///
    /// - Parameter pool: waits for the disk, so that no connection does.
    public func listener(_ address: String, port: Int, pool: WorkerPool) -> Listener {
        Listener(
            address, port: port, bodyBytes: WitnessRequest.largest,
            gate: { request in
                guard request.path == "/add-checkpoint" else { return HTTPResponse(404, text: "Not here.\n") }
                guard request.method == .post else {
                    return HTTPResponse(
                        405, headers: ["allow": "POST", "content-type": "text/plain; charset=utf-8"],
                        body: Array("POST it.\n".utf8))
                }
                return nil
            },
            handler: { [self] request, responder in
                guard !pool.submit({ [self] in responder.send(answer(request.body)) }) else { return }
                responder.send(
                    HTTPResponse(
                        503, headers: ["content-type": "text/plain; charset=utf-8", "retry-after": "1"],
                        body: Array("Too many ask at once.\n".utf8)))
            })
    }
}
