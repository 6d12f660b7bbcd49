/// What people and agents of the simulated organization say and type.
enum Texts {
    static let prompts = [
        "Fix the test that fails since the last change of the parser",
        "Explain how orders are matched with invoices",
        "Write a migration that adds an index on created_at",
        "Summarize the notes of the quarterly review in ten lines",
        "Why does the importer skip rows with an empty name?",
        "Rename the module and update everything that imports it",
        "Find out which of these contracts end this year",
        "Add a test for the größte Bestellung of a day",
        "Make the page load faster, and show me what you measured",
        "Draft an answer to the customer about the late delivery",
    ]
    static let responses = [
        "Done. The test passes now; the parser dropped the last token.",
        "There are three steps; the second one is where it goes wrong.",
        "I changed two files and added one test.",
        "Here is the summary. Two questions are still open.",
        "The rows are skipped because the name is trimmed first.",
    ]
    static let commands = [
        "swift build", "swift test --filter ParserTests", "git status", "git diff --stat", "ls -la src", "npm test",
        "rg -n 'created_at' src", "python3 -m pytest -q", "git commit -m 'Fix the parser'", "make lint",
    ]
    static let files = ["src/parser.swift", "src/orders.py", "docs/guide.md", "tests/orders_test.py", "web/page.ts"]
    static let domains = ["docs.example.com", "www.example.org", "status.example.net"]
    /// The servers that everybody may use, with what they offer.
    static let servers = [
        (name: "github", tools: ["list_issues", "get_pull_request"]), (name: "linear", tools: ["list_tickets"]),
        (name: "sentry", tools: ["get_event"]),
    ]
    static let plugins = [
        (name: "review-tools", marketplace: "example-tools"), (name: "docs", marketplace: "example-tools"),
    ]
    static let skills = ["release-notes", "house-style"]
    static let models = [
        (name: "claude-sonnet-5-5", input: 3.0, output: 15.0), (name: "claude-opus-5-5", input: 5.0, output: 25.0),
        (name: "claude-haiku-5-5", input: 1.0, output: 5.0),
    ]
}
