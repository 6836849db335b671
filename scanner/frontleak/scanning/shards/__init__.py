"""A scan in shards: a plan, runs of its shards, and the merge of their results into the ordinary report."""
