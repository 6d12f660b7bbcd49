public import Platform

/// What the frame of each page says about the server. Looked up for each page, so it must cost next to nothing.
public struct FrameFacts: Sendable {
    public struct Checkpoint: Sendable, Equatable {
        /// Records under it.
        public var size: Int
        public var time: Timestamp

        public init(size: Int, time: Timestamp) {
            self.size = size
            self.time = time
        }
    }

    public var version: String
    /// Records of the tenant, as far as the log of them goes.
    public var checkpoint: Checkpoint?
    /// What is wrong with the server at the moment. One sentence each.
    public var problems: [String]

    public init(version: String = "", checkpoint: Checkpoint? = nil, problems: [String] = []) {
        self.version = version
        self.checkpoint = checkpoint
        self.problems = problems
    }
}
