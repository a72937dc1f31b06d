-- Step 4: the family of merged tickets, in one place for every query that asks something of all of them.

-- Each ticket, and what went into it: itself first, then what was merged into it and into that, however deep; none twice,
-- should a damaged database hold a circle. Asked by `whole` it is looked up for that ticket alone, and for the most, into
-- which nothing went, without a recursion.
CREATE VIEW family (whole, part) AS
    SELECT tickets.number, json_each.value FROM tickets, json_each(iif(
        EXISTS (SELECT 1 FROM tickets AS merged WHERE merged.merged_into = tickets.number),
        (WITH RECURSIVE parts (number) AS (
            SELECT tickets.number UNION SELECT merged.number FROM parts JOIN tickets AS merged ON merged.merged_into = parts.number
        ) SELECT json_group_array(number) FROM parts),
        json_array(tickets.number)
    ));
