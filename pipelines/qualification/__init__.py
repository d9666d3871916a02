"""A firm's facts judged against an edition of a policy."""
