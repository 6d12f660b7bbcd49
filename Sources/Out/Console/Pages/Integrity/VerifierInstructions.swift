import Network

/// How a proof is checked on another machine, without this server and without trust in it; as a text to take along.
struct VerifierInstructions {
    private let log: LogFacts?

    init(_ log: LogFacts?) { self.log = log }

    var text: String {
        let origin = log?.origin ?? "(there is no log yet)"
        let keys = log?.keys.map { "    \($0)\n" }.joined() ?? ""
        return """
            Checking records of \(origin)

            What you need
              docket-verify     one program that knows the formats and nothing else of Docket. Take it from where you trust
                                it: built from the source, or from the vendor, not from the machine that is audited.
              the key           of the log, on a way that those who run the server do not control. `docket keys` prints it
                                there; with witnesses, `docket keys --policy` prints a policy.
              a proof           downloaded from an event's page, or written by `docket prove`.

            One record
              docket-verify record --key "$KEY" record.tlog-proof

            Records that follow one another, and that none between them was left out
              docket prove --from 2026-10-01 --to 2026-11-01 --out october        (at the server)
              docket-verify range --key "$KEY" october

            That the log still continues what it was
              Keep a checkpoint now and then. `docket prove --checkpoint SIZE` prints one, and
              docket-verify consistency --key "$KEY" old.checkpoint new.checkpoint --proof hashes
              compares two, with what `docket prove --consistency OLD NEW` wrote.

            Exit codes: 0 proven, 1 something was changed, 2 it cannot be told.

            The formats are public: C2SP tlog-checkpoint, tlog-tiles, tlog-proof, signed-note; RFC 6962 for the tree. The
            bytes of a leaf are described in docs/formats/log.md, so that another program can be written.

            Keys that this server knows of its signer. They help to notice a difference, and are no reason for trust:
            \(keys)
            """
    }

    var response: HTTPResponse {
        HTTPResponse(
            200,
            headers: [
                "content-type": "text/plain; charset=utf-8",
                "content-disposition": "attachment; filename=\"checking-records.txt\"",
            ], body: Array(text.utf8))
    }
}
