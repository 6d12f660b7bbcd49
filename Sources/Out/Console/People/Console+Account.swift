import Events
import Network
import Platform

/// What people change of their own account.
extension Console {
    func account(
        _ reader: Reader, _ request: HTTPRequest, problem: String? = nil, news: String? = nil, status: Int = 200
    ) -> HTTPResponse {
        let sessions = reader.session.map { access.sessions.all(of: $0.owner) } ?? []
        var page = AccountPage(reader: reader, sessions: sessions, problem: problem, news: news, clock: clock).page
        page.status = status
        return response(page, visit(request, reader))
    }

    func endSession(_ request: HTTPRequest) -> HTTPResponse {
        let fields = FormFields(request)
        do throws(Access.Refusal) {
            let (reader, session) = try access.change(request, fields)
            let name = fields["session"] ?? ""
            // Only those of the same person: a name of another's session finds nothing.
            let ended = access.sessions.end { $0.publicName == name && $0.owner.isSamePerson(as: session.owner) }
            for one in ended { recordEnd(one, "its owner ended it", by: reader) }
            if ended.contains(where: { $0.publicName == session.publicName }) {
                return HTTPResponse(goTo: LocalAddress("/sign-in"))
                    .with("set-cookie", SessionCookie.ending(for: request))
            }
            return HTTPResponse(goTo: LocalAddress("/account"))
        } catch {
            return refusedForm(error)
        }
    }

    private func refusedForm(_ refusal: Access.Refusal) -> HTTPResponse {
        refusal == .noCredential
            ? HTTPResponse(goTo: LocalAddress("/sign-in")) : failure(APIError(refusal), isAPI: false)
    }

    /// On a thread that may take its time.
    func changePassword(_ request: HTTPRequest, _ responder: Responder) {
        let fields = FormFields(request)
        let (reader, user): (Reader, ConsoleUser)
        do throws(Access.Refusal) {
            reader = try access.change(request, fields).reader
            guard case .user(let owner)? = reader.session?.owner else {
                throw .refused(AdmissionRefusal(.use, for: .search))
            }
            user = owner
        } catch {
            return send(refusedForm(error), responder)
        }
        if let seconds = delays.wait(for: user.name, from: request.peer.address) {
            let response = account(reader, request, problem: "Too many attempts; wait \(seconds) seconds.", status: 429)
            return send(response.with("retry-after", String(seconds)), responder)
        }
        let token = FormToken.current
        let isTaken = passwords.submit {
            FormToken.$current.withValue(token) {
                self.send(
                    self.changePassword(reader, user, fields["old"] ?? "", to: fields["new"] ?? "", request), responder)
            }
        }
        if !isTaken {
            let response = account(
                reader, request, problem: "Too many people sign in at this moment; try again.", status: 429)
            send(response.with("retry-after", "1"), responder)
        }
    }

    private func changePassword(
        _ reader: Reader, _ user: ConsoleUser, _ old: String, to new: String, _ request: HTTPRequest
    ) -> HTTPResponse {
        guard let people = access.people, people.user(user.name, password: old)?.id == user.id else {
            delays.failed(user.name)
            return account(reader, request, problem: "The password until now is another one.", status: 403)
        }
        let changed: ConsoleUser
        do throws(PasswordProblem) {
            changed = try people.changePassword(of: user, to: new)
        } catch {
            return account(reader, request, problem: error.message, status: 400)
        }
        let others = access.sessions.end { $0.owner.isSamePerson(as: .user(user)) }
        for one in others where one.publicName != reader.session?.publicName {
            recordEnd(one, "the password was changed", by: reader)
        }
        let (id, _) = access.sessions.begin(for: .user(changed), from: request.peer.address)
        return HTTPResponse(goTo: LocalAddress("/account"))
            .with("set-cookie", SessionCookie.setting(id, for: request))
    }

    private func recordEnd(_ session: Session, _ reason: String, by reader: Reader) {
        var act = reader.act(.sessionEnd)
        act.session = session.publicName
        act.changes = [reason]
        journal.record(act)
    }
}
