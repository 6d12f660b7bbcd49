import Events
import Query

/// A request of somebody who was let in: the viewer, and what the record says of who it was.
struct Reader: Sendable {
    let viewer: Viewer
    let actor: ReaderAct.Actor
    let address: String
    /// The session it came with; `nil` for a credential in the head.
    let session: Session?

    var tenant: TenantName { viewer.tenant }

    init(_ session: Session, from address: String) {
        let owner = session.owner
        viewer = owner.viewer
        actor = owner.actor
        self.address = address
        self.session = session
    }

    /// What a credential in the head is let in for.
    init(_ credential: Credential, from address: String) {
        let owner = SessionOwner.credential(credential)
        viewer = owner.viewer
        actor = owner.actor
        self.address = address
        session = nil
    }

    func act(_ action: ReaderAct.Action) -> ReaderAct {
        var act = ReaderAct(action, of: tenant, by: actor, from: address)
        act.session = session?.publicName
        return act
    }

    func act(_ action: ReaderAct.Action, _ query: String, _ language: QueryLanguage) -> ReaderAct {
        var act = act(action)
        act.query = query
        act.language = language.rawValue
        return act
    }

    func act(_ action: ReaderAct.Action, event id: String) -> ReaderAct {
        var act = act(action)
        act.event = id
        return act
    }

    /// Of an event that is shown, with its content or without.
    func showing(_ hit: SearchHit) -> ReaderAct {
        let hasContent = viewer.may(.content) && ContentCurtain.hasContent(hit.document)
        return act(hasContent ? .contentView : .eventView, event: hit.id)
    }
}

extension Viewer {
    func may(_ permission: Permission) -> Bool { role.may(permission) }
}

/// Whose session it is.
enum SessionOwner: Sendable, Equatable {
    case credential(Credential)
    /// Somebody of the book of users.
    case user(ConsoleUser)
    /// Somebody whom an identity provider vouches for.
    case provided(ProvidedUser)

    var viewer: Viewer {
        switch self {
        case .credential(let credential):
            Viewer(tenant: credential.tenant, name: credential.name ?? credential.id, role: credential.role)
        case .user(let user): Viewer(tenant: user.tenant, name: user.display ?? user.name, role: user.role)
        case .provided(let user): Viewer(tenant: user.tenant, name: user.display ?? user.name, role: user.role)
        }
    }

    var actor: ReaderAct.Actor {
        switch self {
        case .credential(let credential):
            ReaderAct.Actor(name: credential.name, id: credential.id, role: credential.role)
        case .user(let user): ReaderAct.Actor(name: user.name, id: user.id, role: user.role)
        case .provided(let user): ReaderAct.Actor(name: user.name, id: user.id, role: user.role)
        }
    }

    /// How the person came in, as the record calls it.
    var way: String {
        switch self {
        case .credential: "token"
        case .user: "password"
        case .provided: "oidc"
        }
    }

    /// Whether two sessions are of one person.
    func isSamePerson(as other: SessionOwner) -> Bool { way == other.way && actor.id == other.actor.id }
}
