import Codecs
import Platform

/// An activity of the story, before the feed has it.
struct PlannedActivity: Sendable {
    let time: Timestamp
    let type: String
    let actor: ActorKind
    /// Index of the person who did it, or whom it is about.
    let person: Int
    var detail: ActivityDetail?
    var attack: Attack.Mark?
    /// Listed late on purpose.
    var gap: Gap.Mark?

    static func signIn(_ person: Int, at time: Timestamp) -> PlannedActivity {
        PlannedActivity(
            time: time, type: "sso_login_succeeded", actor: .user, person: person, detail: ActivityDetail())
    }
}

/// Values of fields, by their names.
typealias ActivityFields = [String: JSONValue]

/// What is special about one activity; everything else follows from its type and its number.
final class ActivityDetail: Sendable {
    let address: String?
    /// The key, the service, or whatever else the actor is called.
    let actorID: String?
    let fields: ActivityFields

    init(address: String? = nil, actorID: String? = nil, fields: ActivityFields = [:]) {
        self.address = address
        self.actorID = actorID
        self.fields = fields
    }
}
