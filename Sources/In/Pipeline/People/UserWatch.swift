public import Platform

extension BookWatch {
    /// Takes over what `docket user` changes.
    ///
    /// - Parameter looked: is called after every look, whether there was something new or not.
    public convenience init(
        _ book: UserBook, log: Log, metrics: MetricList, looked: @escaping @Sendable () -> Void
    ) {
        self.init("users", log: log, metrics: metrics) { () throws(BookProblem) in
            defer { looked() }
            do throws(UserBookError) {
                return try book.refresh() ? book.users.count : nil
            } catch {
                throw BookProblem(error.description)
            }
        }
    }
}
