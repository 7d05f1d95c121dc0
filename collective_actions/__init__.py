"""Directory screens, collective actions, training sessions, rosters, enrolments."""
