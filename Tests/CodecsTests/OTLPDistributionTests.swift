import Codecs
import Testing

@Suite struct `Distributions of data points` {
    /// What both encodings shall give, written down once.
    private struct Read: Equatable {
        var bounds: [Double]
        var counts: [UInt64]
        var scale: Int64?
        var zeroCount: UInt64?
        var zeroThreshold: Double?
        var positive: OTLPDistribution.Buckets
        var negative: OTLPDistribution.Buckets
        var quantiles: [OTLPDistribution.Quantile]
        var exemplars: [String]
    }

    private func read(_ bytes: [UInt8], _ encoding: OTLPEncoding) throws -> Read {
        var reader = OTLPReader()
        let span = unsafe bytes.span.bytes
        let metric = try reader.readMetric(span, ByteRange(0..<bytes.count), encoding)
        let found = try reader.readDistribution(of: reader.points[0], metric.kind, in: span)
        return Read(
            bounds: found.bounds, counts: found.counts, scale: found.scale, zeroCount: found.zeroCount,
            zeroThreshold: found.zeroThreshold, positive: found.positive, negative: found.negative,
            quantiles: found.quantiles,
            exemplars: found.exemplars.map { exemplar in
                var out = ByteBuffer()
                _ = try? reader.appendJSON(of: exemplar.value, in: span, to: &out)
                var isLossy = false
                _ = reader.appendJSON(of: exemplar.attributes, in: span, to: &out, isLossy: &isLossy)
                #expect(!isLossy)
                let trace = reader.bytes(of: exemplar.traceID, in: span).text
                return "\(exemplar.time) \(out.text) \(trace) \(reader.bytes(of: exemplar.spanID, in: span).text)"
            })
    }

    private func both(_ json: String, _ field: Int, _ point: (inout ProtobufWriter) -> Void) throws -> Read {
        var writer = ProtobufWriter()
        writer.message(field) { data in data.message(1, point) }
        let found = try read(writer.array, .protobuf)
        #expect(try read(Array(json.utf8), .json) == found)
        return found
    }

    private func packed(_ numbers: [UInt64]) -> [UInt8] {
        var out = ByteBuffer()
        for number in numbers { out.append(littleEndian: number) }
        return out.array
    }

    @Test func `A histogram has bounds, counts and examples`() throws {
        let found = try both(
            """
            {"histogram":{"dataPoints":[{"bucketCounts":["1",3],"explicitBounds":[2],"exemplars":[{"timeUnixNano":"7",\
            "asInt":"5","spanId":"0102030405060708","traceId":"0102030405060708090A0B0C0D0E0F10","filteredAttributes":\
            [{"key":"k","value":{"stringValue":"v"}}]}]}]}}
            """, 9
        ) { point in
            point.bytes(6, packed([1, 3]))
            point.fixed64(7, (2.0).bitPattern)
            point.message(8) { exemplar in
                exemplar.fixed64(2, 7)
                exemplar.fixed64(6, 5)
                exemplar.bytes(4, Array(1...8))
                exemplar.bytes(5, Array(1...16))
                exemplar.message(7) { pair in
                    pair.text(1, "k")
                    pair.message(2) { $0.text(1, "v") }
                }
            }
        }
        #expect(found.counts == [1, 3])
        #expect(found.bounds == [2])
        #expect(found.exemplars == [#"7 5{"k":"v"} 0102030405060708090a0b0c0d0e0f10 0102030405060708"#])
    }

    @Test func `An exponential histogram has two sides and a middle`() throws {
        let found = try both(
            """
            {"exponential_histogram":{"data_points":[{"scale":-1,"zero_count":"4","zeroThreshold":0.5,"positive":\
            {"offset":-2,"bucketCounts":["2","300"]},"negative":{"offset":1,"bucket_counts":[1]}}]}}
            """, 10
        ) { point in
            point.varint(6, 1)
            point.fixed64(7, 4)
            point.fixed64(14, (0.5).bitPattern)
            point.message(8) { side in
                side.varint(1, 3)
                side.bytes(2, [2, 0xAC, 0x02])
            }
            point.message(9) { side in
                side.varint(1, 2)
                side.varint(2, 1)
            }
        }
        #expect(found.scale == -1)
        #expect(found.zeroCount == 4)
        #expect(found.zeroThreshold == 0.5)
        #expect(found.positive.offset == -2)
        #expect(found.positive.counts == [2, 300])
        #expect(found.negative.offset == 1)
        #expect(found.negative.counts == [1])
    }

    @Test func `A summary has quantiles`() throws {
        let found = try both(
            #"{"summary":{"dataPoints":[{"quantileValues":[{"quantile":0.5,"value":1},{"quantile":1,"value":2.5}]}]}}"#,
            11
        ) { point in
            for (quantile, value) in [(0.5, 1.0), (1, 2.5)] {
                point.message(6) { pair in
                    pair.fixed64(1, quantile.bitPattern)
                    pair.fixed64(2, value.bitPattern)
                }
            }
        }
        #expect(found.quantiles.map(\.value) == [1, 2.5])
    }

    @Test(arguments: [7, 15])
    func `Counts that are cut are an error`(size: Int) throws {
        var writer = ProtobufWriter()
        writer.message(9) { data in data.message(1) { $0.bytes(6, [UInt8](repeating: 0, count: size)) } }
        let bytes = writer.array
        #expect(throws: OTLPError.self) { try read(bytes, .protobuf) }
    }
}
