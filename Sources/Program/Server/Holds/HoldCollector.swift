import Events
import Holds
import Intake
import Integrity
import Network
import Platform

/// Carries one order out after another: reads what people wrote, and seals it. What it reads goes from the API's answer
/// into the sealed file and nowhere else.
///
///     people ─▶ chats, the one that rested longest first ─▶ pages of messages ─▶ files ─▶ the chat itself ─▶ the list
///
/// - Threads: a task, which mostly waits; whatever waits for the disk is done by the worker.
struct HoldCollector: Sendable {
    /// Why an order is not carried out to its end now.
    enum End: Error {
        case stopping
        /// Somebody released it meanwhile.
        case ended
        case failed(String)
        /// It may go on by itself.
        case later(String)
    }

    let configuration: HoldConfiguration
    let book: HoldBook
    let archive: HoldArchive
    let worker: WorkerPool
    let clock: any Clock
    let metrics: HoldMetrics
    var reader: ContentReader

    /// Objects until the record and the order are told how many there are.
    private static let toldObjects = 1_000
    private static let countedObjects = 20
    /// A place in the listing of chats may be forgotten while it is used.
    private static let mostRestarts = 3

    init(
        _ configuration: HoldConfiguration, book: HoldBook, worker: WorkerPool, clock: any Clock,
        metrics: HoldMetrics, reader: ContentReader
    ) {
        self.configuration = configuration
        self.book = book
        self.worker = worker
        self.clock = clock
        self.metrics = metrics
        self.reader = reader
        archive = HoldArchive(configuration.archive, recipients: configuration.recipients)
    }

    /// Carries an order out, or says in it why not.
    ///
    /// - Returns: what it waits for, when it must be tried again later.
    mutating func carryOut(_ order: HoldOrder) async throws(End) -> String? {
        do throws(End) {
            try await collect(order)
            return nil
        } catch {
            switch error {
            case .stopping: throw error
            case .ended: return nil
            case .later(let why): return why
            case .failed(let why):
                metrics.failed.add()
                try await change(order.id, [.approved, .collecting], .failed) { $0.fail(why) }
                return nil
            }
        }
    }

    private mutating func collect(_ order: HoldOrder) async throws(End) {
        try check(order)
        let (book, archive) = (book, archive)
        let progress = try await onDisk { () throws(HoldRefusal) in
            try archive.prepare(order.id)
            return try HoldProgress(FolderDisk(folder: book.folder(of: order.id)))
        }
        if order.state == .approved { try await change(order.id, [.approved], .started) { $0.begin() } }
        let people = try await people(of: order)
        for start in stride(from: 0, to: people.count, by: ContentReader.mostUsers) {
            let some = people.dropFirst(start).prefix(ContentReader.mostUsers)
            try await collect(Array(some), order, progress)
        }
        let digest = try await onDisk { () throws(HoldRefusal) in
            try archive.finish(progress.manifest(of: try book.order(order.id)), keeping: progress.names, of: order.id)
        }
        let tally = progress.tally
        try await change(order.id, [.collecting], .completed) { $0.complete(tally, manifest: digest.hexadecimal) }
        metrics.completed.add()
    }

    private func check(_ order: HoldOrder) throws(End) {
        guard clock.now() < order.expires else {
            throw .failed("The order has expired. What was sealed stays; ask for a new order for the rest.")
        }
    }

    /// Ids of the people of an order.
    private mutating func people(of order: HoldOrder) async throws(End) -> [String] {
        let addresses = Set(order.scope.people.filter { !$0.hasPrefix("user_") }.map { $0.lowercased() })
        var known: [String: String] = [:]
        if !addresses.isEmpty {
            known = try await asked { (reader) async throws(ContentEnd) in
                try await reader.ids(ofAddresses: addresses)
            }
        }
        var people: [String] = []
        for (place, person) in order.scope.people.enumerated() {
            guard let id = person.hasPrefix("user_") ? person : known[person.lowercased()] else {
                throw .failed(
                    "Number \(place + 1) of the people in the order is nobody in the organization now; who was removed "
                        + "is not listed. Ask for a new order that names the id (user_…), which activities have.")
            }
            if !people.contains(id) { people.append(id) }
        }
        return people
    }

    // MARK: Chats

    private mutating func collect(
        _ people: [String], _ order: HoldOrder, _ progress: HoldProgress
    ) async throws(End) {
        var place: String?
        var restarts = 0
        repeat {
            let from = place
            let found = try await asked { (reader) async throws(ContentEnd) in
                try await reader.chats(of: people, since: order.scope.from, place: from)
            }
            guard case .there(let page) = found else {
                guard place != nil, restarts < Self.mostRestarts else {
                    throw .failed(
                        "The Compliance API refused the listing of chats (invalid_request_error). Are the ids in the order "
                            + "those of people of this organization?")
                }
                // What is done is passed over.
                place = nil
                restarts += 1
                continue
            }
            for chat in page.chats where !progress.isDone(chat: chat.id) {
                if let created = chat.created, created >= order.scope.until { continue }
                try await collect(chat, order, progress)
            }
            place = page.next
            if place == nil { return }
        } while true
    }

    private mutating func collect(
        _ chat: ListedChat, _ order: HoldOrder, _ progress: HoldProgress
    ) async throws(End) {
        let book = book
        guard try await onDisk({ () throws(HoldRefusal) in try book.order(order.id).state }) == .collecting else {
            throw .ended
        }
        try check(order)
        var open = progress.chat(chat.id)
        while !open.hasAllMessages {
            try await collectMessages(open, order, progress)
            open = progress.chat(chat.id)
        }
        for file in open.files { try await collect(file, of: chat.id, order, progress) }
        let object = HoldObject(.chat, of: chat.id)
        if open.isHeld {
            try await seal(chat.bytes, object, order, progress)
        } else {
            try await add(object, order, progress)
        }
    }

    private mutating func collectMessages(
        _ chat: HoldProgress.Chat, _ order: HoldOrder, _ progress: HoldProgress
    ) async throws(End) {
        let scope = order.scope
        let found = try await asked { (reader) async throws(ContentEnd) in
            try await reader.messages(of: chat.id, from: scope.from, until: scope.until, place: chat.next)
        }
        var object = HoldObject(.messages, of: chat.id)
        object.part = chat.parts
        switch found {
        case .there(let page):
            object.next = page.next
            if scope.hasFiles {
                object.files = page.files.compactMap { file in
                    HoldObject.Kind(rawValue: file.kind.rawValue).map { .init(kind: $0, id: file.id) }
                }
            }
            guard scope.hasChats, page.count > 0 else { return try await add(object, order, progress) }
            try await seal(page.body, object, order, progress)
        case .missing(let cause):
            object.missing = cause
            try await add(object, order, progress)
        case .placeUnknown:
            guard chat.next != nil else {
                object.missing = "refused (400)"
                return try await add(object, order, progress)
            }
            try await add(HoldObject(.restart, of: chat.id), order, progress)
        }
    }

    private mutating func collect(
        _ file: HoldObject.File, of chat: String, _ order: HoldOrder, _ progress: HoldProgress
    ) async throws(End) {
        guard let kind = HeldFile.Kind(rawValue: file.kind.rawValue) else { return }
        var object = HoldObject(file.kind, of: chat)
        object.id = file.id
        let found = try await asked { (reader) async throws(ContentEnd) in
            try await reader.content(of: HeldFile(kind: kind, id: file.id))
        }
        switch found {
        case .there(let bytes): return try await seal(bytes, object, order, progress)
        case .missing(let cause): object.missing = cause
        case .placeUnknown: object.missing = "refused (400)"
        }
        try await add(object, order, progress)
    }

    // MARK: Sealing

    private func seal(
        _ text: [UInt8], _ object: HoldObject, _ order: HoldOrder, _ progress: HoldProgress
    ) async throws(End) {
        let limits = configuration.limits
        let tally = progress.tally
        guard tally.objects < limits.objects, tally.bytes + text.count <= limits.bytes else {
            throw .failed(
                "The order takes more than legal_hold.objects (\(limits.objects)) or legal_hold.bytes (\(limits.bytes)) "
                    + "allow. Raise them, start the server again and say `docket hold resume`, or ask for less.")
        }
        let archive = archive
        try await onDisk { () throws(HoldRefusal) in
            var object = object
            object.sealed = try archive.put(progress.nextName, text, of: order.id)
            try Self.add(object, progress)
        }
        metrics.objects.add()
        metrics.bytes.add(text.count)
        try await tell(order, progress)
    }

    private func add(_ object: HoldObject, _ order: HoldOrder, _ progress: HoldProgress) async throws(End) {
        try await onDisk { () throws(HoldRefusal) in try Self.add(object, progress) }
        if object.missing != nil { metrics.missing.add() }
    }

    private static func add(_ object: HoldObject, _ progress: HoldProgress) throws(HoldRefusal) {
        do throws(DiskError) {
            try progress.add(object)
        } catch {
            throw .couldNot("\(error). Mend it, then say `docket hold resume`.")
        }
    }

    /// Says how far it is.
    private func tell(_ order: HoldOrder, _ progress: HoldProgress) async throws(End) {
        let tally = progress.tally
        guard tally.objects % Self.countedObjects == 0 else { return }
        let happening: HoldOrder.Happening? = tally.objects % Self.toldObjects == 0 ? .progressed : nil
        try await change(order.id, [.collecting], happening) { $0.count(tally) }
    }

    // MARK: Waiting

    /// Asks the API for something.
    private mutating func asked<Value>(
        _ body: (inout ContentReader) async throws(ContentEnd) -> Value
    ) async throws(End) -> Value {
        do throws(ContentEnd) {
            return try await body(&reader)
        } catch {
            switch error {
            case .stopping: throw .stopping
            case .fault(let fault):
                if case .again = fault.remedy { throw .later("\(fault)") }
                throw .failed("\(fault.detail) Then say `docket hold resume`.")
            }
        }
    }

    private func change(
        _ id: String, _ states: Set<HoldOrder.State>, _ happening: HoldOrder.Happening?,
        _ body: @escaping @Sendable (inout HoldOrder) -> Void
    ) async throws(End) {
        let book = book
        let changed: HoldOrder?
        do throws(End) {
            changed = try await onDisk { () throws(HoldRefusal) in try book.change(id, in: states, happening, body) }
        } catch {
            // A busy journal says nothing of the order.
            if case .failed(let why) = error { throw .later(why) }
            throw error
        }
        guard changed != nil else { throw .ended }
    }

    /// Has something done by the worker, for it waits.
    func onDisk<Value: Sendable>(
        _ body: @escaping @Sendable () throws(HoldRefusal) -> Value
    ) async throws(End) -> Value {
        let worker = worker
        let result: Result<Value, HoldRefusal>? = await withCheckedContinuation { waiter in
            let isTaken = worker.submit {
                do throws(HoldRefusal) {
                    waiter.resume(returning: .success(try body()))
                } catch {
                    waiter.resume(returning: .failure(error))
                }
            }
            if !isTaken { waiter.resume(returning: nil) }
        }
        switch result {
        case .success(let value): return value
        case .failure(let refusal): throw .failed("\(refusal)")
        case nil: throw .stopping
        }
    }
}

/// What holding counts. Nothing of whom, and nothing of what.
struct HoldMetrics: Sendable {
    let objects, bytes, missing, completed, failed: Counter

    init(_ metrics: MetricList) {
        objects = metrics.counter("docket_hold_objects_total", "Objects that were sealed.")
        bytes = metrics.counter("docket_hold_bytes_total", "Bytes that were sealed, before that.")
        missing = metrics.counter("docket_hold_missing_total", "Objects that the API did not have any more.")
        completed = metrics.counter("docket_hold_completed_total", "Orders that were carried out.")
        failed = metrics.counter("docket_hold_failed_total", "Orders that wait for a person.")
    }
}
