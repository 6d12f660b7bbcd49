import Glibc
import Network
import Platform
import TestKit
import Testing

struct HTTP1TimeTests {
    /// Sends a byte every few milliseconds, as a slow attacker does.
    private func receiveAllWhileDripping(_ client: RawClient) -> String {
        let isDripping = Locked(true)
        let drip = OwnThread {
            while isDripping.withLock({ $0 }) {
                client.send("a")
                usleep(5_000)
            }
        }
        let answer = client.receiveAll()
        isDripping.withLock { $0 = false }
        drip.wait()
        return answer
    }

    @Test func `a head that drips is refused at the deadline, however steadily it drips`() throws {
        let sample = try SampleServer { $0.headTime = .milliseconds(200) }
        let client = RawClient(port: sample.port)
        client.send("GET /echo HTTP/1.1\r\nHost: a\r\nX-A: ")
        let before = SystemClock().steady()
        let answer = receiveAllWhileDripping(client)
        #expect(status(answer) == 408)
        #expect(SystemClock().steady() - before < .seconds(5))
    }

    @Test func `a body that drips is refused at the deadline`() throws {
        let sample = try SampleServer { $0.bodyTime = .milliseconds(200) }
        let client = RawClient(port: sample.port)
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
        let answer = receiveAllWhileDripping(client)
        #expect(status(answer) == 408)
        #expect(eventually { sample.server.counters.inFlightBytes.value == 0 })
    }

    @Test func `an idle connection is closed without a word`() throws {
        let sample = try SampleServer { $0.idleTime = .milliseconds(50) }
        let fresh = RawClient(port: sample.port)
        let used = RawClient(port: sample.port)
        used.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(used.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200"))
        #expect(fresh.receiveAll() == "")
        #expect(used.receiveAll() == "")
    }

    @Test func `a handler may take longer than the idle time`() throws {
        let sample = try SampleServer {
            $0.idleTime = .milliseconds(20)
            $0.headTime = .milliseconds(20)
            $0.bodyTime = .milliseconds(20)
            $0.stallTime = .milliseconds(20)
        }
        let client = RawClient(port: sample.port)
        client.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(eventually { sample.held.count == 1 })
        // The clock of the idle connection next to it is the measure of time here.
        #expect(RawClient(port: sample.port).receiveAll() == "")
        #expect(RawClient(port: sample.port).receiveAll() == "")
        sample.held.answer(HTTPResponse(200, text: "late"))
        #expect(client.receive(until: "late").hasSuffix("late"))
    }

    @Test func `a client that reads nothing of a large answer is cut off`() throws {
        let sample = try SampleServer { $0.stallTime = .milliseconds(100) }
        let client = RawClient(port: sample.port, receiveBuffer: 4_096)
        client.send("GET /bytes?count=30000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(eventually { sample.server.counters.requests.value == 1 })
        #expect(eventually { sample.server.counters.connections.value == 0 })
        #expect(client.receiveAll().utf8.count < 30_000_000)
    }

    @Test func `a client that reads slowly is not idle`() throws {
        let sample = try SampleServer { $0.idleTime = .milliseconds(20) }
        let client = RawClient(port: sample.port, receiveBuffer: 4_096)
        client.send("GET /bytes?count=12000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        // Two idle connections come to their end while this one's answer waits.
        #expect(RawClient(port: sample.port).receiveAll() == "")
        #expect(RawClient(port: sample.port).receiveAll() == "")
        #expect(client.receiveAll().utf8.count > 12_000_000)
    }

    @Test func `a writer waits for a client that does not read, and ends with it`() throws {
        let sample = try SampleServer { $0.stallTime = .milliseconds(300) }
        let client = RawClient(port: sample.port, receiveBuffer: 4_096)
        client.send("GET /stream?count=1000&size=100000 HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(eventually { sample.held.lastWriter?.isCancelled == true })
        #expect(sample.held.written.value < 20_000_000)
        _ = client
    }

    @Test func `a writer learns that its client has gone`() throws {
        let sample = try SampleServer()
        do {
            let client = RawClient(port: sample.port)
            client.send("GET /stream?count=100000&size=10000 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(!client.receive().isEmpty)
        }
        let told = Locked(false)
        sample.held.lastWriter?.whenCancelled { told.withLock { $0 = true } }
        #expect(eventually { told.withLock { $0 } })
        #expect(eventually { sample.server.counters.connections.value == 0 })
    }
}
