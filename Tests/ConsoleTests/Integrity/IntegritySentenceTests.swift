import Events
import Platform
import Testing

@testable import Console

struct IntegritySentenceTests {
    private func sentence(
        _ hours: [CoverageHour]? = nil, _ change: (inout LogFacts) -> Void = { _ in }
    ) -> IntegritySentence {
        var log = LogFacts.sample
        change(&log)
        return IntegritySentence(log, hours: hours, now: .sample)
    }

    private func hour(_ state: String, cause: String? = nil) -> CoverageHour {
        CoverageHour(
            source: "feed", part: "", hour: .sample, state: state, expected: 5, received: 4, leftOut: 0, late: 0,
            duplicate: 0, missing: 1, cause: cause)
    }

    @Test func `without a record there is nothing to say`() {
        #expect(IntegritySentence(nil, now: .sample).text == "Nothing is recorded yet.")
        #expect(IntegritySentence(LogFacts(origin: "a", size: 0), now: .sample).mood == .open)
    }

    @Test func `what was never checked is not said to verify`() {
        let found = sentence()
        #expect(found.mood == .open)
        #expect(
            found.text
                == "240 records are under a signed checkpoint, the first since 2026-10-06; none was checked here yet. "
                + "10 records are not under a checkpoint yet.")
    }

    @Test func `a beginning that verifies is all that was checked, and what came since is named`() {
        let found = sentence { $0.verify(0..<230) }
        #expect(found.mood == .good)
        #expect(
            found.text
                == "All 230 records from 2026-10-06 to 2026-10-08 verify. Last check 4 minutes ago. "
                + "10 records are sealed and not checked yet. 10 records are not under a checkpoint yet.")
    }

    @Test func `a check that is old does not speak for what came since`() {
        #expect(sentence { $0.verify(0..<230, endedAgo: .days(2)) }.mood == .open)
        #expect(sentence { $0.verify(0..<240, endedAgo: .days(2)) }.mood == .good)
    }

    @Test func `a part in the middle is said to be a part`() {
        let found = sentence { $0.verify(100..<200) }
        #expect(found.mood == .open)
        #expect(found.text.hasPrefix("100 of 240 records verify."))
    }

    @Test func `a changed record is named before anything that verifies`() {
        let found = sentence { log in
            log.verify(0..<240)
            log.changed = SequenceSet([17, 18])
        }
        #expect(found.mood == .bad)
        #expect(found.text.hasPrefix("2 records are not what was recorded, the first of them record 17."))
        #expect(!found.text.contains("verify"))
        #expect(sentence { $0.changed = SequenceSet([3]) }.text == "Record 3 is not what was recorded.")
    }

    @Test func `a log that is not what was signed is bad without a record`() {
        let found = sentence { $0.flaw = "the root is not the one that was signed" }
        #expect(found.mood == .bad && found.text.contains("the root is not the one"))
    }

    @Test func `gaps without a cause keep it from being good`() {
        let hours = [hour("whole"), hour("gap", cause: "no server was there"), hour("gap")]
        let found = sentence(hours) { $0.verify(0..<240) }
        #expect(found.mood == .open)
        #expect(found.text.hasSuffix("Hours with a gap on the day shown: 1 explained, 1 unexplained."))
        #expect(sentence([hour("whole")]) { $0.verify(0..<240) }.mood == .good)
    }

    @Test(arguments: [
        (Timestamp.Span.seconds(5), "less than a minute ago"), (.seconds(60), "1 minute ago"),
        (.minutes(119), "1 hour ago"), (.days(3), "3 days ago"), (.seconds(-5), "less than a minute ago"),
    ])
    func `ages are said in the largest unit that fits`(age: Timestamp.Span, words: String) {
        #expect(Numbers.ago(age) == words)
    }
}

struct CalendarDayTests {
    private func states(_ deletedBefore: Timestamp? = nil, _ change: (inout LogFacts) -> Void) -> [CalendarDay.State] {
        var log = LogFacts.sample
        change(&log)
        return CalendarDay.all(of: log, deletedBefore: deletedBefore).map(\.state)
    }

    @Test func `a day is verified when all of its records are`() {
        #expect(states { _ in } == [.unchecked, .unchecked, .unsealed])
        #expect(states { $0.verify(0..<199) } == [.verified, .unchecked, .unsealed])
        #expect(states { $0.verify(0..<240) } == [.verified, .verified, .unsealed])
    }

    @Test func `a problem is stronger than everything else`() {
        let found = states(.sample + .days(9)) { log in
            log.verify(0..<240)
            log.changed = SequenceSet([150, 245])
        }
        #expect(found == [.deleted, .problem, .problem])
    }

    @Test func `a day is deleted when it was over before the edge`() {
        let edge = Timestamp(nanoseconds: 1_791_244_800_000_000_000) + .days(1)
        #expect(states(edge) { $0.verify(0..<240) } == [.deleted, .verified, .unsealed])
        #expect(states(edge - .seconds(1)) { $0.verify(0..<240) } == [.verified, .verified, .unsealed])
    }

    @Test func `each square has a sign, a state and a count, and the table says the same`() {
        var log = LogFacts.sample
        log.verify(0..<200)
        let text = MarkupWriter.text(
            of: DayCalendar(days: CalendarDay.all(of: log), uncounted: 0).markup)
        let squares = text.matches(of: /<g data-key="([^"]+)" data-value="(\d+)" data-state="(\w+)">/)
        #expect(
            squares.map { "\($0.1) \($0.2) \($0.3)" } == [
                "2026-10-06 100 verified", "2026-10-07 100 verified", "2026-10-08 50 unsealed",
            ])
        #expect(text.contains("role=\"img\" aria-label=\"3 days with records: 2 verified; 1 not yet sealed\""))
        #expect(text.contains("<title>2026-10-08: 50 records, not yet sealed</title>"))
        #expect(text.matches(of: /<td class="number">(\d+)<\/td>/).map { String($0.1) } == ["50", "100", "100"])
        // Tuesday to Thursday of one week: one column, three rows.
        let rows = text.matches(of: /<rect class="day day-\w+" x="(\d+)" y="(\d+)"/).map { "\($0.1) \($0.2)" }
        #expect(rows == ["2 44", "2 68", "2 92"])
    }
}
