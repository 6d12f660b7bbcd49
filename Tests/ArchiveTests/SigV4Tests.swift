import Codecs
import Foundation
import Platform
import TestKit
import Testing

@testable import Archive

struct SigV4Tests {
    private static func signature(
        _ method: String, _ path: String, _ query: [(String, String)], _ headers: [(String, String)], _ payload: String,
        _ moment: Timestamp, _ region: String, _ credentials: S3Credentials
    ) -> String {
        let added = SigV4(credentials, region: region).headers(
            method: method, path: path, query: query, headers: headers, payload: payload, at: moment)
        let authorization = added.first { $0.0 == "authorization" }?.1 ?? ""
        return String(authorization.suffix(64))
    }

    /// Amazon S3 API Reference, *Signature Calculations for the Authorization Header*.
    @Test func `the examples of the documentation are signed as it says`() throws {
        let credentials = S3Credentials(
            accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        let moment = try #require(RFC3339.parse("2013-05-24T00:00:00Z".utf8))
        let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        let host = ("host", "examplebucket.s3.amazonaws.com")
        #expect(
            Self.signature(
                "GET", "/test.txt", [], [host, ("range", "bytes=0-9")], nothing, moment, "us-east-1", credentials)
                == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
        #expect(
            Self.signature("GET", "/", [("lifecycle", "")], [host], nothing, moment, "us-east-1", credentials)
                == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
        #expect(
            Self.signature(
                "GET", "/", [("max-keys", "2"), ("prefix", "J")], [host], nothing, moment, "us-east-1", credentials)
                == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }

    /// `SIGV4_REQUESTS` names a file with more of them, as `Conformance/sigv4/generate.py` writes it.
    @Test func `random requests are signed as botocore signs them`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let more = ProcessInfo.processInfo.environment["SIGV4_REQUESTS"].map { URL(filePath: $0) }
        let file = more ?? root.appending(path: "Conformance/sigv4/requests.ndjson")
        let lines = [UInt8](try Data(contentsOf: file)).split(separator: 0x0A)
        try #require(lines.count >= 400)
        for line in lines {
            let value = try JSONValue(parsing: Array(line))
            func text(_ key: String) throws -> String { try #require(value[key]?.string) }
            func pairs(_ key: String) throws -> [(String, String)] {
                try #require(value[key]?.array).map { (try #require($0[0]?.string), try #require($0[1]?.string)) }
            }
            let date = Array(try text("date"))
            func part(_ range: Range<Int>) -> String { String(date[range]) }
            let moment = try #require(
                RFC3339.parse(
                    "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z"
                        .utf8))
            let credentials = S3Credentials(
                accessKey: "AKIAEXAMPLE", secretKey: try text("secret"), sessionToken: value["token"]?.string)
            let made = Self.signature(
                try text("method"), try text("path"), try pairs("query"), try pairs("headers"), try text("payload"),
                moment, try text("region"), credentials)
            #expect(made == value["signature"]?.string, "\(value.text)")
        }
    }

    @Test func `credentials are never part of a text`() {
        let credentials = S3Credentials(accessKey: "AKIA", secretKey: "never shown", sessionToken: "nor this")
        for text in ["\(credentials)", String(reflecting: credentials), "\([credentials])"] {
            #expect(!text.contains("shown") && !text.contains("this"))
        }
    }

    @Test func `answers are read by their tags, and names with odd letters come back`() {
        let text =
            "<L><Version><Key>a&amp;b &lt;c&gt;</Key><VersionId>v2</VersionId></Version><Version><Key>d</Key></Version></L>"
        #expect(S3XML.all("Version", in: text).count == 2)
        #expect(S3XML.first("Key", in: text) == "a&b <c>")
        #expect(S3XML.first("Other", in: text) == nil)
        #expect(S3XML.first("Key", in: "<Key>never closed") == nil)
        #expect(S3XML.escaped("a&b<c>\"") == "a&amp;b&lt;c&gt;&quot;")
    }

    @Test func `places are found by bucket and prefix`() {
        #expect(S3Place.parts(of: "s3://archive/docket/")?.prefix == "docket")
        #expect(S3Place.parts(of: "s3://archive")?.bucket == "archive")
        for wrong in ["s3://", "s3://A", "s3://UPPER/x", "http://archive", "s3://a_b/c"] {
            #expect(S3Place.parts(of: wrong) == nil)
        }
        let credentials = S3Credentials(accessKey: "a", secretKey: "b")
        var place = S3Place(bucket: "archive", region: "eu-central-1", credentials: credentials)
        #expect(place.address(of: "k", region: "eu-central-1").host == "archive.s3.eu-central-1.amazonaws.com")
        place.endpoint = "http://127.0.0.1:9000/"
        place.isPathStyle = true
        #expect(place.address(of: "k/l", region: "x") == ("http://127.0.0.1:9000", "127.0.0.1:9000", "/archive/k/l"))
    }
}
