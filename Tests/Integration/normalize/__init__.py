"""A second, slow and plain form of the mapping to ECS, to check `docket normalize --conformance` against.

It was written from the description of Elastic's pipelines alone, before and without Docket's own mapping, and is
meant to be read beside it. Letters and numbers in comments are its sections: `A` to `B` the Activity Feed, `D` the
events of Claude Code, `E` those of Cowork, `F` spans, `quirk` a numbered oddity of upstream that is kept.

`activities`, `events` and `spans` say what must come out, `hostile_*` make up what goes in.
"""
