import Integrity
import Ledger
import Network
import Platform
import Witness

/// Has the log of all logs cosigned by witnesses, whenever it has a new checkpoint.
///
/// Nothing waits for it: a witness that cannot be reached, or refuses, holds up neither records nor signatures.
///
/// - Threads: one of its own.
final class WitnessKeeper: Sendable {
    private let folder: String
    private let quorum: Int
    private let states: Locked<[State]>
    private let client = HTTPClient(connections: 8)
    private let unseen: Gauge
    private let refused: Gauge
    private let missing: Gauge
    private let clock: any Clock
    private let log: Log
    private let rounds = Rounds()

    /// One witness, and how it stands with it.
    private struct State: Sendable {
        let endpoint: WitnessEndpoint
        let cosignatures: Counter
        let failures: Counter
        /// What it has cosigned last, as far as we know.
        var size: UInt64 = 0
        var cosigned: (checkpoint: Checkpoint, signature: SignedNote.Signature)?
        var isRefusing = false
        var failuresInARow = 0
        var next = Timestamp(nanoseconds: 0)
    }

    /// How often a new checkpoint is looked for.
    private static let interval = Timestamp.Span.seconds(1)
    /// Behind that much time, a witness that could not be reached is asked again.
    private static let longestWait = 60
    /// Behind so many failures in a row a witness counts as missing.
    private static let missingFailures = 3

    /// - Parameter quorum: how many cosignatures a checkpoint needs to take the place of the one that is kept.
    init(
        _ endpoints: [WitnessEndpoint], quorum: Int, ledger folder: String, metrics: MetricList, clock: any Clock,
        log: Log
    ) {
        self.folder = folder
        self.quorum = quorum
        self.clock = clock
        self.log = log
        states = Locked(
            endpoints.map { endpoint in
                let label = [("witness", endpoint.key.name.text)]
                return State(
                    endpoint: endpoint,
                    cosignatures: metrics.counter(
                        "docket_witness_cosignatures_total", "Checkpoints that a witness cosigned.", labels: label),
                    failures: metrics.counter(
                        "docket_witness_failures_total", "Requests that a witness did not cosign.", labels: label))
            })
        unseen = metrics.gauge(
            "docket_witness_unseen_entries", "Entries of the log of all logs that not enough witnesses have seen.")
        refused = metrics.gauge(
            "docket_witness_refusing", "Witnesses that have seen another history: a person must look.")
        missing = metrics.gauge(
            "docket_witness_missing", "Witnesses that did not cosign when they were asked, three times in a row.")
    }

    func start() {
        rounds.start("witness", after: Self.interval) { [self] in
            do throws(LedgerError) {
                try round()
            } catch {
                log.warning("the log of all logs cannot be read for witnesses", ("error", "\(error)"))
            }
            return Self.interval
        }
    }

    func stop() { rounds.stop { client.stop() } }

    /// Asks each witness about the checkpoint as it is now, and keeps what comes of it.
    private func round() throws(LedgerError) {
        guard let view = try? LogOfLogsView(disk: FolderDisk(folder: folder)) else { return }
        guard let note = view.checkpoint, let checkpoint = Checkpoint(text: note.text), checkpoint.size > 0 else {
            return
        }
        var states = states.withLock { $0 }
        var isNew = false
        for place in states.indices where isDue(states[place], checkpoint) {
            isNew = try ask(&states[place], view, note, checkpoint) || isNew
        }
        self.states.withLock { $0 = states }
        let cosignatures = states.compactMap { state in
            state.cosigned.flatMap { $0.checkpoint == checkpoint ? $0.signature : nil }
        }
        if isNew { try keep(cosignatures, under: note, view) }
        refused.set(states.count(where: \.isRefusing))
        missing.set(states.count { $0.failuresInARow >= Self.missingFailures })
        if cosignatures.count >= quorum { unseen.set(0) } else { unseen.set(unseenEntries(checkpoint, view)) }
    }

    private func isDue(_ state: State, _ checkpoint: Checkpoint) -> Bool {
        !state.isRefusing && state.cosigned?.checkpoint != checkpoint && clock.steady() >= state.next
    }

    /// - Returns: whether it cosigned.
    private func ask(
        _ state: inout State, _ view: LogOfLogsView, _ note: SignedNote, _ checkpoint: Checkpoint
    ) throws(LedgerError) -> Bool {
        // It may have cosigned more than we remember, after a start always; it says so once.
        for _ in 0..<2 {
            guard let proof = try view.consistency(from: state.size, to: checkpoint.size) else { return false }
            let request = WitnessRequest(old: proof.old, path: proof.path, note: note)
            switch state.endpoint.ask(request, client: client) {
            case .cosigned(let signature):
                if state.failuresInARow > 0 { tell(state, "a witness cosigns again") }
                state.cosignatures.add()
                state.size = checkpoint.size
                state.cosigned = (checkpoint, signature)
                state.failuresInARow = 0
                return true
            case .otherSize(let size): state.size = size
            case .otherHistory(let why):
                state.failures.add()
                state.isRefusing = true
                log.error(
                    "a witness has seen another history of the log; it is not asked again until a person has looked",
                    ("witness", .text(state.endpoint.key.name.text)), ("why", .text(why)))
                return false
            case .failed(let why):
                fail(&state, why)
                return false
            }
        }
        fail(&state, "it says another size each time it is asked")
        return false
    }

    private func fail(_ state: inout State, _ why: String) {
        if rounds.isEnding { return }
        state.failures.add()
        if state.failuresInARow == 0 {
            log.warning(
                "a witness does not cosign; it is asked again until it does",
                ("witness", .text(state.endpoint.key.name.text)), ("error", .text(why)))
        }
        state.failuresInARow += 1
        let wait = min(Self.longestWait, 1 << min(state.failuresInARow, 6))
        state.next = clock.steady() + .seconds(Int64(wait))
    }

    private func tell(_ state: State, _ what: String) {
        log.info(what, ("witness", .text(state.endpoint.key.name.text)))
    }

    /// A checkpoint that enough have cosigned takes the place of any; one with fewer only that of one with no more.
    private func keep(
        _ cosignatures: [SignedNote.Signature], under note: SignedNote, _ view: LogOfLogsView
    ) throws(LedgerError) {
        guard cosignatures.count >= min(quorum, kept(view).count) else { return }
        var note = note
        for signature in cosignatures { note.add(signature) }
        try view.keep(witnessed: note)
    }

    /// How many witnesses that are asked have cosigned what is kept, and how long the log was then.
    private func kept(_ view: LogOfLogsView) -> (count: Int, size: UInt64) {
        let keys = states.withLock { $0.map(\.endpoint.key) }
        guard let note = view.witnessed, let checkpoint = Checkpoint(text: note.text),
            let found = try? note.verify(with: keys)
        else { return (0, 0) }
        return (found.count, checkpoint.size)
    }

    private func unseenEntries(_ checkpoint: Checkpoint, _ view: LogOfLogsView) -> Int {
        let kept = kept(view)
        return Int(checkpoint.size - min(kept.count >= quorum ? kept.size : 0, checkpoint.size))
    }
}
