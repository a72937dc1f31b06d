//! Faults in how long things may take, and in who is urged before they are late.

/// Section, lines in it, what stands on the line, the key, and words of the complaint.
pub const FAULTS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "[[queues]]",
        "name = \"q\"\nsla = { first_answer = \"0s\" }",
        "first",
        "queues.sla.first_answer",
        "between 1m and 90d",
    ),
    ("[[queues]]", "name = \"q\"\nfirst_answer = \"4h\"", "first", "queues.first_answer", "[sla]"),
    (
        "[[queues]]",
        "name = \"q\"\nsla = { first_answer = \"2h\", urgent = { first_answer = \"3h\" } }",
        "urgent",
        "queues.sla.urgent.first_answer",
        "a higher priority would wait longer",
    ),
    ("[sla]", "low = { solution = \"1h\" }", "low", "sla.low.solution", "less time than a higher"),
    ("[sla]", "update = \"often\"", "often", "sla.update", "nor \"never\""),
    ("[sla]", "first_answer = \"never\"", "never", "sla.first_answer", "not a duration"),
    ("[sla]", "urgent = \"1h\"", "urgent", "sla.urgent", "must be a table"),
    ("[sla]", "urgent = { respond = \"1h\" }", "respond", "sla.urgent.respond", "there are first"),
    (
        "[sla]",
        "urgent = { high = { update = \"1h\" } }",
        "high",
        "sla.urgent.high",
        "within another priority",
    ),
    (
        "[[queues]]",
        "name = \"q\"\nladder = { lead = \"3h\" }",
        "lead",
        "queues.ladder.lead",
        "lead would be urged before backup",
    ),
    ("[ladder]", "reminder = \"10m\"", "reminder", "ladder.reminder", "urged before reminder"),
    ("[ladder]", "unowned = \"soon\"", "soon", "ladder.unowned", "nor \"never\""),
    ("[ladder]", "lead = \"off\"", "lead", "ladder.lead", "nor \"never\""),
    ("[survey]", "bad_mark = 5", "5", "survey.bad_mark", "between 0 and 4"),
    ("[survey]", "wanted = \"no\"", "no", "survey.wanted", "true"),
    (
        "[[queues]]",
        "name = \"q\"\nsurvey = { bad_mark = \"low\" }",
        "low",
        "queues.survey.bad_mark",
        "number",
    ),
    ("[survey]", "stars = 5", "stars", "survey.stars", "there are"),
    ("[sla]", "first_answer = \"soon\"", "soon", "sla.first_answer", "not a duration"),
];
