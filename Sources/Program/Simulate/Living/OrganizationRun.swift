import Platform

/// Lets a story happen: sends what is to be sent, lists what is to be listed, and keeps the manifest.
struct OrganizationRun {
    struct Failure: Error { let reason: String }

    private let story: LivingOrganization.Story
    private var organization: LivingOrganization
    private let pace: Pace
    private let livesOn: Bool
    private let lateness: Timestamp.Span
    private let feed: ComplianceSimulator?
    private let sender: OTLPSender?
    private let clock: any Clock
    private(set) var manifest: Manifest
    /// Requests that were made, and their bytes.
    private(set) var requests = 0
    private(set) var bytes = 0

    /// - Parameters:
    ///   - livesOn: whether it goes on behind the present.
    ///   - lateness: how long after the present a late activity of the past is listed.
    init(
        _ story: LivingOrganization.Story, pace: Pace, livesOn: Bool, lateness: Timestamp.Span,
        feed: ComplianceSimulator?, sender: OTLPSender?, clock: any Clock
    ) {
        self.story = story
        organization = LivingOrganization(story)
        self.pace = pace
        self.livesOn = livesOn
        self.lateness = lateness
        self.feed = feed
        self.sender = sender
        self.clock = clock
        manifest = Manifest(story, until: pace.present)
    }

    /// Lists the past, all of it, before anybody asks: the feed of a real organization has it too. The story is told
    /// twice for that, which costs less than keeping it.
    mutating func listPast() {
        guard feed != nil else { return }
        var past = LivingOrganization(story)
        while true {
            let (time, happening) = past.next()
            guard time < pace.present else { return }
            if case .activity(let activity) = happening { list(activity) }
        }
    }

    /// - Parameters:
    ///   - pause: waits for as long as it is told; `false` when it is time to stop.
    ///   - filled: called when the past is told, before the story goes on.
    mutating func run(pause: (Timestamp.Span) -> Bool, filled: (borrowing OrganizationRun) -> Void) throws(Failure) {
        var isFilled = false
        var happenings = 0
        while true {
            let (time, happening) = organization.next()
            if time >= pace.present, !isFilled {
                isFilled = true
                filled(self)
                guard livesOn else { return }
            }
            happenings += 1
            if happenings % 64 == 0, !pause(.seconds(0)) { return }
            let due = pace.moment(time)
            while clock.now() < due, isFilled {
                guard pause(min(due - clock.now(), .seconds(1))) else { return }
            }
            guard try perform(happening, pause) else { return }
        }
    }

    private mutating func perform(
        _ happening: LivingOrganization.Happening, _ pause: (Timestamp.Span) -> Bool
    ) throws(Failure) -> Bool {
        switch happening {
        case .secret(let secret): manifest.add(secret)
        case .activity(let activity): if activity.time >= pace.present { list(activity) }
        case .export(let export):
            let body = export.origin.body(export.signal, pace.moment)
            for _ in 0..<export.fate.copies {
                requests += 1
                bytes += body.count
                guard let sender else { continue }
                do throws(OTLPSender.Failure) {
                    guard try sender.send(export, body, pause: pause) else { return false }
                } catch {
                    throw Failure(reason: error.reason)
                }
            }
            manifest.add(export, by: organization.colleagues[export.colleague].person.email, pace.moment)
        }
        return true
    }

    private mutating func list(_ activity: PlannedActivity) {
        guard let feed else { return }
        let created = Timestamp(nanoseconds: pace.moment(activity.time).nanoseconds / 1_000 * 1_000)
        let visible = activity.gap == nil ? created : max(created, clock.now()) + lateness
        guard let id = feed.add(activity, created: created, visible: visible) else { return }
        manifest.add(
            activity, id: id, created: created, visible: visible,
            by: organization.colleagues[activity.person].person.email)
    }
}
